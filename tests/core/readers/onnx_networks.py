"""Networks of PyTorch as people of the field write them, made small: only the makers of fixtures import it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

LENGTH = 60


@dataclass(frozen=True)
class Network:
    """A network and how it reads letters.

    Attributes:
        make: Makes it.
        axes: What the axes of its input are: `N` the batch, `C` the channels, `L` the length, `1`; `NL` reads numbers.
        free: Whether it is exported with a length that is free.
        exporters: Which exporters write it: `new`, `old`.
    """

    make: Callable[[], nn.Module]
    axes: str = "NCL"
    free: bool = False
    exporters: tuple[str, ...] = ("new", "old")

    def letters(self, codes: Tensor) -> Tensor:
        """Return letters as the network reads them.

        Args:
            codes: The letters' numbers, shape (length,).
        """
        if self.axes == "NL":
            return codes[None]
        hot = functional.one_hot(codes, 4).float()
        whole = {"NCL": hot.T[None], "NLC": hot[None], "NC1L": hot.T[None, :, None], "N1CL": hot.T[None, None]}
        return whole[self.axes].contiguous()


class DanQ(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv1d(4, 6, 7)
        self.pool = nn.MaxPool1d(4, 4)
        self.lstm = nn.LSTM(6, 3, batch_first=True, bidirectional=True)
        self.dense = nn.Linear(6 * 13, 4)

    def forward(self, x: Tensor) -> Tensor:
        x = functional.dropout(self.pool(torch.relu(self.conv(x))), 0.2, self.training)
        x, _ = self.lstm(x.transpose(1, 2))
        return torch.sigmoid(self.dense(x.reshape(x.size(0), -1)))


class Basset(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.blocks = nn.ModuleList()
        for channels in (4, 6):
            block = (nn.Conv1d(channels, 6, 5, padding="same"), nn.BatchNorm1d(6), nn.ReLU(), nn.MaxPool1d(3))
            self.blocks.append(nn.Sequential(*block))
        self.head = nn.Sequential(nn.Flatten(), nn.Linear(6 * 6, 5), nn.BatchNorm1d(5), nn.ELU(), nn.Linear(5, 2))

    def forward(self, x: Tensor) -> Tensor:
        for block in self.blocks:
            x = block(x)
        return self.head(x)


class BPNet(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.first = nn.Conv1d(4, 5, 7)
        self.dilated = nn.ModuleList([nn.Conv1d(5, 5, 3, dilation=2**i, padding=2**i) for i in (1, 2)])
        self.profile = nn.Conv1d(5, 2, 9)
        self.counts = nn.Linear(5, 1)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        x = torch.relu(self.first(x))
        for layer in self.dilated:
            x = x + torch.relu(layer(x))
        return self.profile(x)[:, :, 3:-3], self.counts(x.mean(dim=2))


class Strands(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv1d(4, 6, 9, stride=2, padding=3)
        self.dense = nn.Linear(6, 3)

    def one(self, x: Tensor) -> Tensor:
        return self.dense(torch.amax(functional.silu(self.conv(x)), dim=2))

    def forward(self, x: Tensor) -> Tensor:
        return (self.one(x) + self.one(x.flip(1, 2))) / 2


class Transformer(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv1d(4, 8, 5, padding=2)
        self.pool = nn.AvgPool1d(4, 4, padding=1, ceil_mode=True)
        self.place = nn.Parameter(torch.randn(1, 16, 8) / 4)
        self.encoder = nn.TransformerEncoderLayer(8, 2, 12, batch_first=True, norm_first=True, activation="gelu")
        self.out = nn.Linear(8, 2)

    def forward(self, x: Tensor) -> Tensor:
        x = self.pool(functional.gelu(self.conv(x))).permute(0, 2, 1)
        x = self.encoder(x + self.place)
        return self.out(x.mean(1))


class OwnAttention(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv1d(4, 6, 5, stride=3)
        self.qkv = nn.Linear(6, 18, bias=False)
        self.norm = nn.LayerNorm(6)
        self.score = nn.Linear(6, 1)

    def forward(self, x: Tensor) -> Tensor:
        x = torch.tanh(self.conv(x)).transpose(1, 2)
        q, k, v = (each.unflatten(-1, (2, 3)) for each in self.qkv(self.norm(x)).chunk(3, dim=-1))
        scores = torch.einsum("bqhd,bkhd->bhqk", q, k) / 3**0.5
        mixed = torch.einsum("bhqk,bkhd->bqhd", scores.softmax(-1), v).flatten(2)
        weights = torch.softmax(self.score(mixed), dim=1)
        return (weights * mixed).sum(1)


class Tokens(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.table = nn.Embedding(5, 6)
        self.first = nn.GRU(6, 4, num_layers=2, batch_first=True)
        self.both = nn.LSTM(4, 3, bidirectional=True)
        self.out = nn.Linear(6, 2)

    def forward(self, x: Tensor) -> Tensor:
        x, _ = self.first(self.table(x))
        _, (last, _) = self.both(x.transpose(0, 1))
        return self.out(torch.cat([last[0], last[1]], dim=1))


class Simple(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv1d(4, 5, 3, stride=3)
        self.rnn = nn.RNN(5, 3, batch_first=True, bidirectional=True, nonlinearity="relu")

    def forward(self, x: Tensor) -> Tensor:
        every, last = self.rnn(self.conv(x).transpose(1, 2))
        return every.mean(1) + last.transpose(0, 1).flatten(1)


class RootMeanSquare(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv1d(4, 8, 5, stride=5)
        self.norm = nn.RMSNorm(8, eps=1e-6)
        self.out = nn.Linear(8, 2)

    def forward(self, x: Tensor) -> Tensor:
        x = self.norm(self.conv(x).transpose(1, 2)).unflatten(2, (2, 4)).transpose(1, 2)
        x = functional.scaled_dot_product_attention(x, x.flip(2), x, is_causal=True)
        return self.out(x.transpose(1, 2).flatten(2))[:, -1]


class Planes(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(4, 6, (1, 8))
        self.pool = nn.MaxPool2d((1, 4), (1, 4))
        self.conv2 = nn.Conv2d(6, 6, (1, 3), padding=(0, 1))
        self.out = nn.Linear(6 * 13, 3)

    def forward(self, x: Tensor) -> Tensor:
        x = self.pool(torch.relu(self.conv1(x)))
        x = torch.relu(self.conv2(x))
        return torch.sigmoid(self.out(x.view(x.size(0), -1)))


class Rows(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(1, 6, (4, 9))
        self.pool = nn.AdaptiveMaxPool2d(1)
        self.out = nn.Linear(6, 1)

    def forward(self, x: Tensor) -> Tensor:
        return self.out(torch.flatten(self.pool(torch.relu(self.conv(x))), 1))


class Norms(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.utils.parametrizations.weight_norm(nn.Conv1d(4, 8, 3))
        self.group = nn.GroupNorm(4, 8)
        self.instance = nn.InstanceNorm1d(8, affine=True)
        self.norm = nn.LayerNorm(8)
        self.prelu = nn.PReLU(4)
        self.out = nn.Linear(4, 2)

    def forward(self, x: Tensor) -> Tensor:
        x = self.instance(functional.mish(self.group(self.conv(x))))
        x = functional.hardswish(self.norm(x.transpose(1, 2)))
        x = self.prelu(functional.glu(x, dim=-1).transpose(1, 2))
        return self.out(torch.logsumexp(x, dim=2))


class UNet(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.down = nn.Conv1d(4, 6, 4, stride=2, padding=1)
        self.deep = nn.Conv1d(6, 6, 4, stride=2, padding=1)
        self.up = nn.ConvTranspose1d(6, 6, 4, stride=2, padding=1)
        self.last = nn.Conv1d(12, 2, 3, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        first = functional.leaky_relu(self.down(x), 0.1)
        x = torch.cat([self.up(functional.elu(self.deep(first))), first], dim=1)
        x = functional.interpolate(x, scale_factor=2, mode="nearest")
        return functional.softplus(self.last(functional.interpolate(x, size=45, mode="linear")))


class Arithmetic(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv1d(4, 4, 3, groups=2, bias=False)
        self.register_buffer("scale", torch.tensor([[0.5], [1.0], [2.0], [-1.0]]))

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        x = functional.pad(self.conv(x), (2, 1)) * self.scale + 1
        y = torch.where(x > 0.5, x.square(), -x.abs()).clamp(-2, 3)
        z = torch.exp(-y.cumsum(2) / 20) / (1 + x.sigmoid() ** 3)
        z = torch.cat([z, z.roll(2, 2)], 1).reshape(1, 2, 4, 61)[:, 1]
        first, second = torch.split(z, [2, 2], dim=1)
        profile = torch.stack([first.max(dim=1).values, second.sum(dim=1).sqrt()], dim=1)
        return profile, torch.log1p(profile.norm(dim=2))


class Free(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv1d(4, 6, 5, padding=2)
        self.bn = nn.BatchNorm1d(6)
        self.lstm = nn.LSTM(6, 3, batch_first=True, bidirectional=True)
        self.out = nn.Linear(6, 2)

    def forward(self, x: Tensor) -> Tensor:
        x = functional.max_pool1d(torch.relu(self.bn(self.conv(x))), 2)
        x, _ = self.lstm(x.permute(0, 2, 1))
        return self.out(x.reshape(x.shape[0], x.shape[1], 6).max(dim=1).values)


class Shared(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv1d(4, 5, 3, padding="same", padding_mode="circular")
        self.act = nn.GELU(approximate="tanh")
        self.mix = nn.Conv1d(5, 4, 1)
        self.out = nn.Linear(60, 2)

    def forward(self, x: Tensor) -> Tensor:
        for _ in range(2):
            x = self.mix(self.act(self.conv(x)))
        return self.out(x)


NETWORKS = {
    "danq": Network(DanQ),
    "basset": Network(Basset),
    "bpnet": Network(BPNet),
    "strands": Network(Strands),
    "transformer": Network(Transformer),
    "own_attention": Network(OwnAttention),
    "tokens": Network(Tokens, "NL"),
    "planes": Network(Planes, "NC1L"),
    "rows": Network(Rows, "N1CL"),
    "norms": Network(Norms),
    "unet": Network(UNet),
    "arithmetic": Network(Arithmetic),
    "free": Network(Free, free=True),
    "shared": Network(Shared),
    "simple": Network(Simple, exporters=("old",)),
    "root_mean_square": Network(RootMeanSquare, exporters=("new",)),
}


def made(name: str) -> nn.Module:
    """Return a network with weights of its own, ready to predict.

    Args:
        name: Its name.
    """
    torch.manual_seed(sum(map(ord, name)))
    network = NETWORKS[name].make()
    for module in network.modules():
        if isinstance(module, nn.BatchNorm1d):
            nn.init.normal_(module.running_mean, std=0.3)
            nn.init.uniform_(module.running_var, 0.5, 2)
            nn.init.normal_(module.weight, 1, 0.2)
            nn.init.normal_(module.bias, std=0.2)
    return network.eval()


def codes() -> Tensor:
    """Return the letters that every network reads, shape (length,)."""
    return torch.randint(0, 4, (LENGTH,), generator=torch.Generator().manual_seed(5))
