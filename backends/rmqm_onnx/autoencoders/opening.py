"""Open an autoencoder: one model that is cut at its latent, or an encoder and a decoder."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import cast

from attrs import evolve, frozen

from rmqm_onnx.autoencoders.decoder import OnnxDecoder
from rmqm_onnx.autoencoders.decoder_opening import DecoderSource, open_decoder
from rmqm_onnx.autoencoders.findings import opening_findings
from rmqm_onnx.autoencoders.latent import choose_latent, choose_reconstruction
from rmqm_onnx.autoencoders.second_model import decoder_of_its_own
from rmqm_onnx.autoencoders.survey import survey
from rmqm_onnx.opening import open_encoder
from rmqm_onnx.reading.graph import needed_names
from rmqm_onnx.reading.model_description import describe_model
from rmqm_onnx.reading.model_file import ModelFile, read_model
from rmqm_onnx.running.encoder import OnnxEncoder
from rmqm_spec.contracts.autoencoder import Autoencoder
from rmqm_spec.contracts.backend import OpenOptions, ReconstructionUnits
from rmqm_spec.errors import RmqmError, UsageError

__all__ = ["open_autoencoder"]


def open_autoencoder(
    path: str | Path,
    options: OpenOptions | None = None,
    *,
    latent: str | None = None,
    decoder: str | Path | None = None,
    reconstruction: ReconstructionUnits | None = None,
) -> Autoencoder:
    """
    Open an ONNX model as encoder and decoder.

    Parameters
    ----------
    path : str or Path
        The whole autoencoder, or its encoder where `decoder` is given.
    options : OpenOptions, optional
        As for `open_encoder`, but `output` names the reconstruction.
    latent : str, optional
        The tensor at which the model is cut, any tensor of the graph. Its values are taken in C
        order, whatever its axes are. With `decoder` it may be left out where the encoder has a
        single output.
    decoder : str or Path, optional
        A model of its own from latents to reconstructions.
    reconstruction : {"network", "inputs"}, optional
        Needed where inputs are rescaled before the network: whether the decoder gives what the
        network takes, or plain inputs.

    Returns
    -------
    Autoencoder
        Encoder and decoder, with what was chosen. Both pickle by their files: they are opened again
        where they are unpickled, and refused there (MOD002) if a file is not the same.

    Raises
    ------
    UsageError
        SPC014 if the latent is not named, or no tensor between input and reconstruction; SPC016 if
        the units of the reconstruction must be said; else as `open_encoder`.
    SubjectError
        SPC003 if the reconstruction has another number of values than an input; SPC015 if the
        decoder reads more than the latent; SPC019 if a decoder takes other latents; else as
        `open_encoder`.
    UnreadableError, UnavailableError
        As `open_encoder`.
    """
    options = options or OpenOptions()
    if options.pooling not in (None, "flatten"):
        raise UsageError(
            "ARG001",
            f"pooling must be flatten for an autoencoder; got {options.pooling!r}",
            fix="Leave it out: a decoder needs every value of the latent.",
        )
    file = read_model(path)
    if decoder is None:
        seen = survey(file, options)
        output = choose_reconstruction(seen, options.output, latent)
        name = choose_latent(seen, latent, output)
        encoder = _encoder(path, _feeding(file, options, name), name)
        source = DecoderSource.inside(file, encoder, output, seen.choices.feeds)
    else:
        encoder = _encoder(path, options, latent)
        source = decoder_of_its_own(read_model(decoder), encoder, options.output)
    origin = _Origin(
        path=Path(path).absolute(),
        options=options,
        latent=latent,
        decoder=None if decoder is None else Path(decoder).absolute(),
        reconstruction=reconstruction,
        sha256=source.file.sha256,
    )
    opened = open_decoder(source, encoder, options, reconstruction, origin)
    return Autoencoder(
        encoder=encoder,
        decoder=opened,
        findings=(
            *(finding for finding in encoder.findings if not finding.code.startswith("OUT")),
            *opening_findings(file, source, opened),
            *opened.findings,
        ),
        description=_described(file, source, encoder, opened),
    )


@frozen(kw_only=True)
class _Origin:
    """What a decoder was opened from, and the `sha256` of its model then."""

    path: Path
    options: OpenOptions
    latent: str | None
    decoder: Path | None
    reconstruction: ReconstructionUnits | None
    sha256: str

    def __call__(self) -> OnnxDecoder:
        """Open the same decoder again; its encoder is opened on the way."""
        read_model(self.decoder or self.path).require_same(self.sha256)
        opened = open_autoencoder(
            self.path,
            self.options,
            latent=self.latent,
            decoder=self.decoder,
            reconstruction=self.reconstruction,
        )
        return cast("OnnxDecoder", opened.decoder)


def _encoder(path: str | Path, options: OpenOptions, latent: str | None) -> OnnxEncoder:
    with _naming_latent():
        chosen = evolve(options, output=latent, pooling="flatten")
        return open_encoder(path, chosen, single_values=True)


def _feeding(file: ModelFile, options: OpenOptions, latent: str) -> OpenOptions:
    """Leave out what only the decoder is fed with."""
    needed = needed_names(file.proto.graph, latent)
    return evolve(options, feeds=[feed for feed in options.feeds if feed[0] in needed])


@contextmanager
def _naming_latent() -> Iterator[None]:
    """Let errors name the option that chooses the encodings of an autoencoder."""
    try:
        yield
    except RmqmError as error:
        texts = (error.message, error.fix)
        message, fix = (text.replace("--output", "--latent") for text in texts)
        raise type(error)(error.code, message, fix=fix) from error


def _described(
    file: ModelFile, source: DecoderSource, encoder: OnnxEncoder, decoder: OnnxDecoder
) -> dict[str, object]:
    separate = source.file is not file
    return {
        **encoder.description,
        "latent": {
            "name": encoder.output,
            "shape": list(source.latent.shape),
            "values": decoder.spec.shape[0],
        },
        "decoder": {
            **({"model": describe_model(source.file)} if separate else {}),
            **decoder.description,
        },
    }
