"""Networks of many kinds with random weights, from torchvision, timm and this module."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import timm
import torch
import torchvision.models as tv
from torch import nn
from torch.nn import functional as F  # noqa: N812

__all__ = ["ZOO", "network"]

torch.backends.mha.set_fastpath_enabled(False)  # one exporter does not know the fused layer


class WaveEncoder(nn.Module):
    """One-dimensional convolutions, a transformer layer and attentive pooling over a waveform."""

    def __init__(self) -> None:
        super().__init__()
        self.first, self.norm = nn.Conv1d(1, 64, 10, 5), nn.GroupNorm(64, 64)
        self.second, self.third = nn.Conv1d(64, 64, 3, 2), nn.Conv1d(64, 128, 3, 2, padding=1)
        self.place = nn.Conv1d(128, 128, 16, padding=8, groups=16)
        self.layer = nn.TransformerEncoderLayer(
            128, 4, 256, activation="gelu", batch_first=True, norm_first=True
        )
        self.weigh = nn.Linear(128, 1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = F.gelu(self.third(F.gelu(self.second(F.gelu(self.norm(self.first(x)))))))
        x = self.layer((x + F.gelu(self.place(x)[:, :, :-1])).transpose(1, 2))
        weights = self.weigh(x).softmax(1)
        mean = (weights * x).sum(1)
        spread = (weights * (x - mean[:, None]) ** 2).sum(1).clamp_min(1e-6).sqrt()
        return torch.cat([mean, spread], -1)


class SpectrumEncoder(nn.Module):
    """Odd pools, dilations, groups and normalisations over a spectrogram."""

    def __init__(self) -> None:
        super().__init__()
        self.body = nn.Sequential(
            nn.Conv2d(1, 32, 3, padding=1), nn.BatchNorm2d(32), nn.ReLU(), nn.AvgPool2d(2),
            nn.Conv2d(32, 64, 3, padding=1), nn.BatchNorm2d(64), nn.LeakyReLU(0.1),
            nn.MaxPool2d(3, 2, 1, ceil_mode=True),
            nn.Conv2d(64, 64, 3, padding=2, dilation=2, stride=2, groups=4), nn.ELU(),
            nn.AvgPool2d(3, 2, 1, count_include_pad=False, ceil_mode=True),
            nn.Conv2d(64, 96, (3, 5), stride=(2, 3), padding=(1, 0)), nn.PReLU(96),
            nn.InstanceNorm2d(96, affine=True),
        )  # fmt: skip

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = self.body(torch.log(x.exp() + 1e-3))
        return torch.cat([x.mean((2, 3)), x.amax((2, 3)), x.std((2, 3))], -1)


class UNetEncoder(nn.Module):
    """Reflected borders, transposed convolution, pixel shuffles and three kinds of resizing."""

    def __init__(self) -> None:
        super().__init__()
        self.first = nn.Conv2d(3, 16, 3, padding=1, padding_mode="reflect")
        self.down, self.deep = nn.Conv2d(16, 32, 3, 2, 1), nn.Conv2d(32, 64, 3, 2, 1)
        self.up = nn.ConvTranspose2d(64, 32, 3, 2, 1, output_padding=1)
        self.join, self.last = nn.Conv2d(64, 32, 1), nn.Conv2d(48, 16, 1)
        self.fold, self.unfold = nn.PixelUnshuffle(2), nn.PixelShuffle(2)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        first = F.silu(self.first(x))
        down = F.mish(self.down(first))
        up = torch.tanh(self.up(F.softplus(self.deep(down))))
        wide = F.interpolate(self.join(torch.cat([up, down], 1)), scale_factor=2, mode="bilinear")
        near = F.interpolate(down, scale_factor=2, mode="nearest")
        last = self.last(torch.cat([F.relu6(wide)[:, :32], first], 1))
        last = last + self.unfold(self.fold(near[:, :16]))
        sized = F.interpolate(last, size=(13, 17), mode="bicubic", align_corners=True)
        return F.adaptive_avg_pool2d(sized, (1, 1)).flatten(1)


class TableEncoder(nn.Module):
    """A multilayer perceptron with many activations over a row of a table."""

    def __init__(self) -> None:
        super().__init__()
        self.norm = nn.BatchNorm1d(32)
        self.body = nn.Sequential(
            nn.Linear(32, 128), nn.SELU(), nn.LayerNorm(128), nn.Linear(128, 128), nn.CELU(),
            nn.Linear(128, 64), nn.Softsign(), nn.Linear(64, 32),
        )  # fmt: skip

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = self.norm(x)
        bent = torch.where(x > 0, x, torch.exp(x) - 1) + torch.maximum(x, -0.3 * x)
        return self.body(x) * torch.sigmoid(x.pow(2) - x.abs()) + bent


class Normalised(nn.Module):
    """A network with encodings of norm one."""

    def __init__(self, inner: nn.Module) -> None:
        super().__init__()
        self.inner = inner

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return F.normalize(self.inner(x), dim=-1)


def _timm(name: str, **options: Any) -> Callable[[], nn.Module]:
    return lambda: timm.create_model(name, pretrained=False, **{"num_classes": 0, **options})


Entry = tuple[Callable[[], nn.Module], tuple[int, ...]]

ZOO: dict[str, Entry] = {
    "resnet18-32": (lambda: tv.resnet18(num_classes=128), (3, 32, 32)),
    "resnet18-224": (lambda: tv.resnet18(num_classes=128), (3, 224, 224)),
    "resnet50-224": (lambda: tv.resnet50(num_classes=128), (3, 224, 224)),
    "mobilenet-v2": (lambda: tv.mobilenet_v2(num_classes=128), (3, 224, 224)),
    "mobilenet-v3-small": (lambda: tv.mobilenet_v3_small(num_classes=128), (3, 224, 224)),
    "mobilenet-v4-small": (_timm("mobilenetv4_conv_small"), (3, 224, 224)),
    "efficientnet-b0": (_timm("efficientnet_b0"), (3, 224, 224)),
    "convnext-atto": (_timm("convnext_atto"), (3, 224, 224)),
    "convnext-v2-atto": (_timm("convnextv2_atto"), (3, 224, 224)),
    "regnety-002": (_timm("regnety_002"), (3, 224, 224)),
    "densenet121-64": (lambda: tv.densenet121(num_classes=128), (3, 64, 64)),
    "nfnet-f0-96": (_timm("dm_nfnet_f0"), (3, 96, 96)),
    "inception-v3": (_timm("inception_v3"), (3, 128, 128)),
    "squeezenet-1.1": (lambda: tv.squeezenet1_1(num_classes=128), (3, 96, 96)),
    "shufflenet-v2": (lambda: tv.shufflenet_v2_x0_5(num_classes=128), (3, 96, 96)),
    "vgg11-64": (lambda: tv.vgg11_bn(num_classes=128).features, (3, 64, 64)),
    "vit-tiny-16": (_timm("vit_tiny_patch16_224"), (3, 224, 224)),
    "deit-tiny-16": (_timm("deit_tiny_distilled_patch16_224"), (3, 224, 224)),
    "dinov2-small-14": (_timm("vit_small_patch14_dinov2", img_size=98), (3, 98, 98)),
    "dinov3-small-16": (_timm("vit_small_patch16_dinov3"), (3, 128, 128)),
    "eva02-tiny-14": (_timm("eva02_tiny_patch14_224"), (3, 224, 224)),
    "clip-vit-32": (_timm("vit_base_patch32_clip_224", num_classes=512), (3, 224, 224)),
    "clip-resnet50": (_timm("resnet50_clip.openai"), (3, 224, 224)),
    "siglip-32": (_timm("vit_base_patch32_siglip_256"), (3, 256, 256)),
    "swin-tiny": (_timm("swin_tiny_patch4_window7_224"), (3, 224, 224)),
    "swin-v2-tiny": (lambda: tv.swin_v2_t(num_classes=128), (3, 256, 256)),
    "maxvit-pico": (_timm("maxvit_rmlp_pico_rw_256"), (3, 256, 256)),
    "mobilevit-xs": (_timm("mobilevit_xs"), (3, 256, 256)),
    "mixer-32": (_timm("mixer_s32_224"), (3, 224, 224)),
    "wave": (WaveEncoder, (1, 4000)),
    "spectrum": (SpectrumEncoder, (1, 65, 101)),
    "unet": (UNetEncoder, (3, 64, 64)),
    "table": (TableEncoder, (32,)),
}
"""How each network is made, and the shape of an input."""


def network(name: str) -> nn.Module:
    """Return a network in evaluation mode whose batch normalisations are not the identity."""
    torch.manual_seed(0)
    made = ZOO[name][0]()
    if name == "vgg11-64":
        made = nn.Sequential(made, nn.Flatten())
    module = Normalised(made).eval().requires_grad_(requires_grad=False)
    drawn = torch.Generator().manual_seed(1)
    for layer in module.modules():
        if isinstance(layer, nn.BatchNorm1d | nn.BatchNorm2d) and layer.running_mean is not None:
            layer.running_mean.copy_(0.1 * torch.randn(layer.running_mean.shape, generator=drawn))
            layer.running_var.copy_(0.5 + torch.rand(layer.running_var.shape, generator=drawn))
    return module
