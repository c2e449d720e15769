"""Autoencoders in ONNX: cut at a latent or given as two models, in all units and layouts."""

import pickle
from types import SimpleNamespace

import numpy as np
import pytest

from rmqm_onnx import OpenOptions, open_autoencoder
from rmqm_onnx.backend import ONNX
from rmqm_spec.contracts.backend import AutoencoderOpening
from rmqm_spec.contracts.preprocessing import Preprocessing
from rmqm_spec.errors import RmqmError
from rmqm_spec.jacobians import autoencoder_jacobians
from rmqm_spec.spectra import autoencoder_spectra, conditions

D, N = 784, 5
RNG = np.random.default_rng(0)
W_E = RNG.normal(size=(D, N)) / 28
W_D = RNG.normal(size=(N, D)) / 3
B_D = RNG.normal(size=D) / 3


def images(n=4, shape=(1, 28, 28), seed=1):
    return np.random.default_rng(seed).random((n, *shape)).astype(np.float32)


def decoded(z):
    return np.tanh(z @ W_D + B_D)


def expected(x):
    """J_L and J_I of the autoencoder below, in float64."""
    flat = x.reshape(len(x), -1).astype(float)
    z = np.tanh(flat @ W_E)
    again = np.tanh(decoded(z) @ W_E)
    of_decoder = W_D.T[None] * (1 - decoded(z) ** 2)[:, :, None]
    return [(1 - e**2)[:, :, None] * W_E.T @ of_decoder for e in (again, z)]


@pytest.fixture
def whole(make):
    """x (N, 1, 28, 28) -> z (N, 5) -> y (N, 784) or as `shape` says."""

    def build(
        shape=None, *, latent_axes=None, batch="N", input_shape=(1, 28, 28), weights=(W_E, W_D, B_D)
    ):
        into, out, bias = weights
        latent = [0, *latent_axes] if latent_axes else None
        nodes = [
            make.node("Flatten", "x", "f"),
            make.node("MatMul", "f w", "h"),
            make.node("Tanh", "h", "t"),
            *(
                [make.node("Reshape", "t axes", "z")]
                if latent
                else [make.node("Identity", "t", "z")]
            ),
            make.node("Flatten", "z", "g"),
            make.node("MatMul", "g v", "p"),
            make.node("Add", "p b", "q"),
            make.node("Tanh", "q", "r"),
            make.node("Reshape", "r lengths", "y"),
        ]
        constants = [
            make.constant("w", into),
            make.constant("v", out),
            make.constant("b", bias),
            make.constant("lengths", [0, *(shape or (out.shape[1],))], "int64"),
            *([make.constant("axes", latent, "int64")] if latent else []),
        ]
        return make.model(
            nodes,
            [make.value("x", [batch, *input_shape])],
            [make.value("y", [batch, *(shape or (out.shape[1],))])],
            constants,
        )

    return build


@pytest.fixture
def refusal():
    def refuse(*args, **kwargs):
        with pytest.raises(RmqmError) as caught:
            open_autoencoder(*args, **kwargs)
        return caught.value

    return refuse


def close(found, wanted):
    return np.linalg.norm(found - wanted) <= 1e-5 * np.linalg.norm(wanted)


def agrees(pair, x):
    found = autoencoder_jacobians(pair, x)
    return all(close(a, b) for a, b in zip((found.latent, found.input), expected(x), strict=True))


@pytest.mark.parametrize("shape", [None, (1, 28, 28), (28, 28), (28, 28, 1)])
@pytest.mark.parametrize("latent_axes", [None, (N, 1, 1), (1, N)])
def test_a_model_is_cut_at_its_latent_whatever_its_axes(whole, saved, shape, latent_axes):
    pair = open_autoencoder(saved(whole(shape, latent_axes=latent_axes)), latent="z")
    x = images()
    assert agrees(pair, x)
    assert np.allclose(
        pair.decoder.encode(pair.encoder.encode(x)),
        decoded(np.tanh(x.reshape(4, -1) @ W_E)),
        atol=1e-5,
    )
    told = " ".join(finding.message for finding in pair.findings if finding.code == "SPC018")
    assert ("flattened" in told) == bool(latent_axes)
    assert f"{N} values" in told
    assert not {finding.code for finding in pair.findings} & {"OUT001", "OUT004"}


def test_an_internal_tensor_and_a_declared_view_of_it_are_the_same_latent(whole, saved, make):
    model = whole()
    model.graph.output.append(make.value("seen", ["N", N]))
    model.graph.node.append(make.node("Identity", "z", "seen"))
    path = saved(model)
    by_view, by_name = (open_autoencoder(path, latent=name) for name in ("seen", "t"))
    x = images()
    assert by_view.encoder.output == "z"
    assert agrees(by_view, x)
    assert agrees(by_name, x)
    assert by_view.description["latent"] == {"name": "z", "shape": [N], "values": N}


@pytest.mark.parametrize("batch", [1, 3])
def test_a_fixed_batch_is_padded_on_both_sides(whole, saved, batch):
    pair = open_autoencoder(saved(whole(batch=batch)), latent="z")
    assert agrees(pair, images(n=7))


def two_models(make, latent_shape=("N", N), output_shape=None):
    encoder = make.model(
        [
            make.node("Flatten", "x", "f"),
            make.node("MatMul", "f w", "h"),
            make.node("Tanh", "h", "z"),
        ],
        [make.value("x", ["N", 1, 28, 28])],
        [make.value("z", ["N", N])],
        [make.constant("w", W_E)],
    )
    decoder = make.model(
        [
            make.node("Flatten", "code", "g"),
            make.node("MatMul", "g v", "p"),
            make.node("Add", "p b", "q"),
            make.node("Tanh", "q", "y"),
        ],
        [make.value("code", latent_shape)],
        [make.value("y", output_shape or ["N", D])],
        [make.constant("v", W_D), make.constant("b", B_D)],
    )
    return encoder, decoder


@pytest.mark.parametrize("latent_shape", [("N", N), ("N", N, 1, 1), ("N", "n"), (2, N)])
def test_two_models_are_one_autoencoder(make, saved, latent_shape):
    encoder, decoder = two_models(make, latent_shape)
    paths = saved(encoder, "encoder.onnx"), saved(decoder, "decoder.onnx")
    pair = open_autoencoder(paths[0], decoder=paths[1])
    assert agrees(pair, images(5))
    assert pair.description["decoder"]["model"]["name"] == "decoder.onnx"


def test_a_decoder_of_other_latents_or_inputs_is_refused(make, saved, refusal):
    encoder, decoder = two_models(make, ("N", N + 1))
    first = saved(encoder, "encoder.onnx")
    error = refusal(first, decoder=saved(decoder, "decoder.onnx"))
    assert error.code == "SPC019"
    assert "5 values of shape (5,); got code (float32 [?, 6])" in error.message
    _, decoder = two_models(make)
    decoder.graph.input.append(make.value("scale", [1]))
    decoder.graph.node.insert(0, make.node("Mul", "code scale", "scaled"))
    decoder.graph.node[1].input[0] = "scaled"
    error = refusal(first, decoder=saved(decoder, "decoder.onnx"))
    assert error.code == "SPC015"
    assert "code (float32 [?, 5]); scale (float32 [1])" in error.message


def test_several_outputs_of_a_decoder_need_a_name(make, saved, refusal):
    encoder, decoder = two_models(make)
    decoder.graph.node.append(make.node("Neg", "y", "other"))
    decoder.graph.output.append(make.value("other", ["N", D]))
    paths = saved(encoder, "encoder.onnx"), saved(decoder, "decoder.onnx")
    error = refusal(paths[0], decoder=paths[1])
    assert error.code == "OUT002"
    assert "--output" in error.fix
    pair = open_autoencoder(paths[0], OpenOptions(output="y"), decoder=paths[1])
    assert agrees(pair, images())
    error = refusal(paths[0], OpenOptions(output="nothing"), decoder=paths[1])
    assert "got 'nothing'" in error.message


def test_networks_with_channels_last_are_transposed(make, saved):
    """The same function with axes (28, 28, 3) gives the same spectra of inputs (3, 28, 28)."""
    d = 3 * 784
    rng = np.random.default_rng(2)
    into, out = rng.normal(size=(d, N)) / 40, rng.normal(size=(N, d)) / 4
    order = np.arange(d).reshape(3, 28, 28).transpose(1, 2, 0).ravel()

    def build(shape, w, v, output):
        nodes = [
            make.node("Flatten", "x", "f"),
            make.node("MatMul", "f w", "h"),
            make.node("Tanh", "h", "z"),
            make.node("MatMul", "z v", "p"),
            make.node("Tanh", "p", "q"),
            make.node("Reshape", "q lengths", "y"),
        ]
        constants = [
            make.constant("w", w),
            make.constant("v", v),
            make.constant("lengths", [0, *output], "int64"),
        ]
        return make.model(
            nodes, [make.value("x", ["N", *shape])], [make.value("y", ["N", *output])], constants
        )

    x = images(shape=(3, 28, 28))
    first = open_autoencoder(
        saved(build((3, 28, 28), into, out, (3, 28, 28)), "first.onnx"), latent="z"
    )
    wanted = autoencoder_jacobians(first, x)
    last = build((28, 28, 3), into[order], out[:, order], (28, 28, 3))
    flat = build((28, 28, 3), into[order], out[:, order], (d,))
    mixed = build((3, 28, 28), into, out[:, order], (28, 28, 3))
    for name, model in (("last", last), ("flat", flat), ("mixed", mixed)):
        pair = open_autoencoder(saved(model, f"{name}.onnx"), latent="z")
        found = autoencoder_jacobians(pair, x)
        assert close(found.latent, wanted.latent), name
        assert close(found.input, wanted.input), name
        assert close(found.reconstructions, wanted.reconstructions), name


NORMALISED = Preprocessing(scale=255.0, mean=(100.0,), std=(50.0,), source="the test")


def test_units_must_be_said_where_inputs_are_rescaled(whole, saved, refusal):
    error = refusal(saved(whole()), OpenOptions(preprocessing=NORMALISED), latent="z")
    assert error.code == "SPC016"
    assert "scale 255" in error.message
    assert "--reconstruction network" in error.fix
    assert "--reconstruction inputs" in error.fix


def test_a_reconstruction_in_network_units_is_scaled_back(whole, saved):
    """With x' = (255 x - 100) / 50 the pair x -> z -> (50 y + 100) / 255 has the same spectra."""
    path, options = saved(whole()), OpenOptions(preprocessing=NORMALISED)
    x = images()
    seen = (255 * x - 100) / 50
    pair = open_autoencoder(path, options, latent="z", reconstruction="network")
    found = autoencoder_jacobians(pair, x)
    for a, b in zip((found.latent, found.input), expected(seen), strict=True):
        assert close(a, b)
    y = decoded(np.tanh(seen.reshape(4, -1) @ W_E))
    assert np.allclose(found.reconstructions.reshape(4, -1), (50 * y + 100) / 255, atol=1e-5)
    plain = open_autoencoder(path, options, latent="z", reconstruction="inputs")
    found = autoencoder_jacobians(plain, x)
    assert np.allclose(found.reconstructions.reshape(4, -1), y, atol=1e-5)
    assert close(found.input, 255 / 50 * expected(seen)[1])


def test_the_two_products_of_a_decoder_agree(whole, saved):
    """<u, J v> by jvp and by vjp, through scaling and transposition."""
    pair = open_autoencoder(
        saved(whole()), OpenOptions(preprocessing=NORMALISED), latent="z", reconstruction="network"
    )
    z = pair.encoder.encode(images())
    rng = np.random.default_rng(3)
    v, u = rng.normal(size=z.shape).astype("f"), rng.normal(size=(4, D)).astype("f")
    there = (u * pair.decoder.jvp(z, v)[1]).sum(axis=1)
    back = (v * pair.decoder.vjp(z)[1](u)).sum(axis=1)
    assert np.allclose(there, back, rtol=1e-3)
    assert np.abs(there).min() > 1e-3


@pytest.mark.parametrize("name", [None, "nothing", "x", "y", "w"])
def test_a_latent_that_is_missing_or_wrong_is_offered(whole, saved, refusal, name):
    path = saved(whole())
    error = refusal(path, latent=name)
    assert error.code == "SPC014"
    assert "5 values: --latent h or t or z or g" in error.fix
    for offered in ("h", "t", "z", "g"):
        assert agrees(open_autoencoder(path, latent=offered), images(1)) == (offered != "h")


def with_skip(make, whole):
    model = whole()
    model.graph.node.insert(1, make.node("ReduceMean", "f", "average", axes=[1]))
    model.graph.node[-1].input[0] = "skipped"
    model.graph.node.insert(9, make.node("Add", "r average", "skipped"))
    return model


def test_what_passes_the_latent_by_is_named(make, whole, saved, refusal):
    error = refusal(saved(with_skip(make, whole)), latent="z")
    assert error.code == "SPC015"
    assert "got average beside it" in error.message
    assert "784 values: f" in error.fix


def test_lengths_of_the_input_may_pass_the_latent_by(make, whole, saved):
    """Exporters reshape the reconstruction to the shape of the input."""
    model = whole()
    model.graph.node.insert(0, make.node("Shape", "x", "shape"))
    model.graph.node[-1].input[1] = "shape"
    pair = open_autoencoder(saved(model), latent="z")
    assert agrees(pair, images(3))


def sampled(make, whole):
    """z = t + noise of a spread that comes from the input."""
    model = whole()
    nodes = model.graph.node
    where = next(k for k, node in enumerate(nodes) if "z" in node.output)
    del nodes[where]
    for k, node in enumerate(
        [
            make.node("RandomNormalLike", "t", "noise"),
            make.node("Exp", "h", "spread"),
            make.node("Mul", "noise spread", "moved"),
            make.node("Add", "t moved", "z"),
        ]
    ):
        nodes.insert(where + k, node)
    return model


def test_a_sampling_autoencoder_is_refused_at_its_mean_and_at_its_sample(
    make, whole, saved, refusal
):
    path = saved(sampled(make, whole))
    error = refusal(path, latent="t")
    assert error.code == "SPC015"
    assert "moved beside it" in error.message or "spread" in error.message
    assert "decode(mean)" in error.fix
    assert "draws at random" in error.fix
    error = refusal(path, latent="z")
    assert error.code == "DET001"
    assert "--latent t" in error.fix


def test_no_output_of_the_size_of_the_input_is_refused(make, whole, saved, refusal):
    half = whole(weights=(W_E, W_D[:, :392], B_D[:392]))
    error = refusal(saved(half), latent="z")
    assert error.code == "SPC003"
    assert "(1, 28, 28), 784; got y (392,)" in error.message


def test_the_reconstruction_is_found_by_its_size_or_by_name(make, whole, saved, refusal):
    model = whole()
    model.graph.output.insert(0, make.value("z", ["N", N]))
    assert agrees(open_autoencoder(saved(model, "two.onnx"), latent="z"), images())
    model.graph.node.append(make.node("Neg", "y", "negative"))
    model.graph.output.append(make.value("negative", ["N", D]))
    path = saved(model, "three.onnx")
    error = refusal(path, latent="z")
    assert error.code == "OUT002"
    assert "y (784,); negative (784,)" in error.message
    assert agrees(open_autoencoder(path, OpenOptions(output="y"), latent="z"), images())
    assert refusal(path, OpenOptions(output="why"), latent="z").code == "OUT002"


def test_a_batch_that_mixes_rows_behind_the_latent_is_refused(make, whole, saved, refusal):
    model = whole()
    where = next(k for k, node in enumerate(model.graph.node) if "g" in node.output)
    model.graph.node[where].output[0] = "apart"
    model.graph.node.insert(where + 1, make.node("ReduceMean", "apart", "centre", axes=[0]))
    model.graph.node.insert(where + 2, make.node("Sub", "apart centre", "g"))
    error = refusal(saved(model), latent="z")
    assert error.code == "BAT001"
    assert error.message.startswith("in the decoder, ")


def test_pooling_is_refused(whole, saved, refusal):
    error = refusal(saved(whole()), OpenOptions(pooling="mean"), latent="z")
    assert error.code == "ARG001"
    assert "every value of the latent" in error.fix


def test_kinks_are_told_where_there_are_any(make, whole, saved):
    model = whole()
    smooth = {finding.code for finding in open_autoencoder(saved(model), latent="z").findings}
    for node in model.graph.node:
        if node.op_type == "Tanh":
            node.op_type = "Relu"
    kinked = open_autoencoder(saved(model, "relu.onnx"), latent="z")
    assert "SPC017" not in smooth
    assert any(f.code == "SPC017" and "Relu" in f.message for f in kinked.findings)


def test_dead_units_make_singular_matrices_and_this_is_told(make, whole, saved):
    into = W_E.copy()
    into[:, 0] = -1  # the first unit is negative at every input
    model = whole(weights=(into, W_D, B_D))
    next(node for node in model.graph.node if node.op_type == "Tanh").op_type = "Relu"
    spectra = autoencoder_spectra(open_autoencoder(saved(model), latent="z"), images())
    assert spectra.latent.orientation.tolist() == [0] * 4
    assert np.all(spectra.latent.log_volume == -np.inf)
    told = {finding.code: finding.message for finding in conditions(spectra)}
    assert "J_I (input to input) is singular at 4 of 4 inputs" in told["SPC008"]
    assert np.isfinite(spectra.latent.trace).all()


def test_external_weights_are_read(make, whole, saved, tmp_path):
    import onnx

    path = tmp_path / "external.onnx"
    onnx.save_model(
        whole(), path, save_as_external_data=True, location="weights.bin", size_threshold=1024
    )
    assert (tmp_path / "weights.bin").is_file()
    assert agrees(open_autoencoder(path, latent="z"), images())


def test_a_latent_of_a_single_value_will_do(whole, saved, opened):
    path = saved(whole(weights=(W_E[:, :1], W_D[:1], B_D)))
    pair = open_autoencoder(path, latent="z")
    spectra = autoencoder_spectra(pair, images())
    assert spectra.latent.eigenvalues.shape == (4, 1)
    assert np.allclose(spectra.latent.trace, spectra.latent.eigenvalues[:, 0].real)
    assert pickle.loads(pickle.dumps(pair.encoder)).output == "z"
    with pytest.raises(RmqmError, match="at least two values"):
        opened(path, output="z")


def test_another_input_of_the_decoder_is_fed(make, whole, saved, refusal):
    model = whole()
    model.graph.input.append(make.value("label", ["N", N]))
    where = next(k for k, node in enumerate(model.graph.node) if "g" in node.output)
    model.graph.node[where].output[0] = "apart"
    model.graph.node.insert(where + 1, make.node("Add", "apart label", "g"))
    path = saved(model)
    options = {"input": "x"}
    assert "--feed label=VALUE" in refusal(path, OpenOptions(**options), latent="z").fix
    x, (nothing, half) = (
        images(),
        (
            open_autoencoder(path, OpenOptions(**options, feeds=[("label", number)]), latent="z")
            for number in ("0", "0.5")
        ),
    )
    assert agrees(nothing, x)
    z = np.tanh(x.reshape(4, -1) @ W_E)
    assert np.allclose(half.decoder.encode(half.encoder.encode(x)), decoded(z + 0.5), atol=1e-5)


@pytest.mark.parametrize(("of", "tolerance"), [("float16", 2e-3), ("float64", 1e-6)])
def test_networks_of_other_types(make, saved, of, tolerance):
    nodes = [
        make.node("Flatten", "x", "f"),
        make.node("MatMul", "f w", "h"),
        make.node("Tanh", "h", "z"),
        make.node("MatMul", "z v", "p"),
        make.node("Add", "p b", "q"),
        make.node("Tanh", "q", "y"),
    ]
    constants = [make.constant(name, v, of) for name, v in (("w", W_E), ("v", W_D), ("b", B_D))]
    model = make.model(
        nodes, [make.value("x", ["N", 1, 28, 28], of)], [make.value("y", ["N", D], of)], constants
    )
    x = images()
    found = autoencoder_jacobians(open_autoencoder(saved(model), latent="z"), x)
    for one, other in zip((found.latent, found.input), expected(x), strict=True):
        assert np.linalg.norm(one - other) < tolerance * np.linalg.norm(other)


def test_a_network_of_bytes_asks_for_units(make, whole, saved, refusal):
    model = whole()
    model.graph.input[0].CopyFrom(make.value("x", ["N", 1, 28, 28], "uint8"))
    model.graph.node.insert(0, make.node("Cast", "x", "c", to=1))
    model.graph.node.insert(1, make.node("Mul", "c byte", "s"))
    model.graph.node[2].input[0] = "s"
    model.graph.initializer.append(make.constant("byte", 1 / 255))
    path = saved(model)
    assert "it takes bytes, 0 to 255" in refusal(path, latent="z").message
    pair = open_autoencoder(path, latent="z", reconstruction="inputs")
    x = np.rint(images() * 255) / 255
    found = autoencoder_jacobians(pair, x.astype(np.float32))
    assert close(found.input, expected(x)[1])


def test_both_parts_pickle_by_their_files(whole, saved):
    path = saved(whole())
    pair = open_autoencoder(path, latent="z")
    found = autoencoder_jacobians(pair, images())
    packed = pickle.dumps(pair)
    again = autoencoder_jacobians(pickle.loads(packed), images())
    assert np.array_equal(found.latent, again.latent)
    assert np.array_equal(found.input, again.input)
    saved(whole(weights=(W_E, 2 * W_D, B_D)))
    with pytest.raises(RmqmError, match="must not change") as caught:
        pickle.loads(packed)
    assert caught.value.code == "MOD002"


def test_the_backend_is_a_plug_for_autoencoders(whole, saved):
    assert isinstance(ONNX, AutoencoderOpening)
    pair = ONNX.open_autoencoder(saved(whole()), OpenOptions(), latent="z")
    assert isinstance(pair.findings, tuple)
    assert SimpleNamespace(**pair.description).decoder["output"] == "y"
