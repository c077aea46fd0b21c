"""Small networks of every style that practitioners write in PyTorch, for the fixtures of `.pt2` and `.onnx` files.

Run by PyTorch's own Python, never by the tests. Each is tiny, and has the operators of the model it is named after.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import torch
import torch.nn.functional as F  # noqa: N812
from torch import nn
from torch.nn.utils.parametrizations import weight_norm

__all__ = ["MODELS", "Example"]


@dataclass(frozen=True)
class Example:
    """A network with what it reads.

    Attributes:
        make: Makes the network.
        inputs: The shapes of what it reads.
        rows: How many numbers of letters there are, where it reads these.
    """

    make: Callable[[], nn.Module]
    inputs: tuple[tuple[int, ...], ...] = ((1, 4, 40),)
    rows: int = 0
    dynamic: dict[str, dict[int, str]] | None = field(default=None)


class Sequential(nn.Sequential):
    def __init__(self) -> None:
        super().__init__(
            nn.Conv1d(4, 6, 7, padding=3), nn.BatchNorm1d(6), nn.ReLU(), nn.MaxPool1d(4), nn.Flatten(),
            nn.Linear(60, 8), nn.ReLU(), nn.Dropout(0.3), nn.Linear(8, 2), nn.Sigmoid(),
        )  # fmt: skip


class DeepSEA(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.conv1, self.conv2, self.conv3 = nn.Conv1d(4, 6, 4), nn.Conv1d(6, 8, 4), nn.Conv1d(8, 8, 3)
        self.fc1, self.fc2 = nn.Linear(8, 10), nn.Linear(10, 3)

    def forward(self, x):
        x = F.max_pool1d(F.relu(self.conv1(x)), 4)
        x = F.max_pool1d(F.relu(self.conv2(x)), 2)
        x = F.dropout(F.relu(self.conv3(x)), 0.2, self.training)
        x = x.view(x.size(0), -1)
        return torch.sigmoid(self.fc2(F.relu(self.fc1(x))))


class Beluga(nn.Module):
    """Two dimensions, (N, 4, 1, L)."""

    def __init__(self) -> None:
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(4, 6, (1, 5)), nn.ReLU(), nn.Conv2d(6, 6, (1, 5)), nn.ReLU(), nn.Dropout(0.2),
            nn.MaxPool2d((1, 4), (1, 4)), nn.Conv2d(6, 8, (1, 3)), nn.ReLU(),
        )  # fmt: skip
        self.fc = nn.Sequential(nn.Linear(48, 10), nn.ReLU(), nn.Linear(10, 3), nn.Sigmoid())

    def forward(self, x):
        x = self.features(x.unsqueeze(2))
        return self.fc(x.reshape(-1, 48))


class Basset(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.conv1, self.bn1 = nn.Conv2d(4, 6, (7, 1)), nn.BatchNorm2d(6)
        self.pool1 = nn.MaxPool2d((3, 1))
        self.conv2, self.bn2, self.pool2 = nn.Conv2d(6, 8, (3, 1)), nn.BatchNorm2d(8), nn.MaxPool2d((4, 1))
        self.fc = nn.Linear(16, 3)

    def forward(self, x):
        x = self.pool1(F.relu(self.bn1(self.conv1(x))))
        x = self.pool2(F.relu(self.bn2(self.conv2(x))))
        return self.fc(torch.flatten(x, 1))


class DanQ(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.conv, self.pool = nn.Conv1d(4, 6, 5), nn.MaxPool1d(4)
        self.lstm = nn.LSTM(6, 5, num_layers=2, batch_first=True, bidirectional=True)
        self.dense = nn.Sequential(nn.Linear(90, 8), nn.ReLU(), nn.Linear(8, 2))

    def forward(self, x):
        x = self.pool(F.relu(self.conv(x)))
        x, _ = self.lstm(x.permute(0, 2, 1))
        return torch.sigmoid(self.dense(x.reshape(x.shape[0], -1)))


class DeepSTARR(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.conv1, self.bn1 = nn.Conv1d(4, 6, 7, padding="same"), nn.BatchNorm1d(6)
        self.conv2, self.bn2 = nn.Conv1d(6, 6, 4, padding="same"), nn.BatchNorm1d(6)
        self.fc1, self.bn3 = nn.Linear(60, 8), nn.BatchNorm1d(8)
        self.dev, self.hk = nn.Linear(8, 1), nn.Linear(8, 1)

    def forward(self, x):
        x = F.max_pool1d(F.relu(self.bn1(self.conv1(x))), 2)
        x = F.max_pool1d(F.relu(self.bn2(self.conv2(x))), 2)
        x = F.dropout(F.relu(self.bn3(self.fc1(torch.flatten(x, 1)))), 0.4, self.training)
        return torch.cat((self.dev(x), self.hk(x)), dim=1)


class BPNet(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.iconv = nn.Conv1d(4, 6, 7, padding=3)
        self.rconvs = nn.ModuleList([nn.Conv1d(6, 6, 3, padding=2**i, dilation=2**i) for i in range(1, 4)])
        self.fconv = nn.Conv1d(6, 2, 9, padding=4)
        self.linear = nn.Linear(6, 1)
        self.trimming = 4

    def forward(self, x):
        start, end = self.trimming, x.shape[2] - self.trimming
        x = F.relu(self.iconv(x))
        for conv in self.rconvs:
            x = torch.add(x, F.relu(conv(x)))
        profile = self.fconv(x)[:, :, start:end]
        counts = self.linear(torch.mean(x[:, :, start - 2 : end + 2], dim=2))
        return profile, counts


class ChromBPNet(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.bias, self.accessibility = BPNet(), BPNet()

    def forward(self, x):
        p, c = self.accessibility(x)
        b, d = self.bias(x)
        profile = F.softmax((p + b).flatten(1), dim=-1)
        return profile, torch.logsumexp(torch.stack([c, d]), dim=0)


class SpliceBlock(nn.Module):
    def __init__(self, width: int, dilation: int) -> None:
        super().__init__()
        self.bn1, self.bn2 = nn.BatchNorm1d(6), nn.BatchNorm1d(6)
        self.conv1 = nn.Conv1d(6, 6, width, dilation=dilation, padding="same")
        self.conv2 = nn.Conv1d(6, 6, width, dilation=dilation, padding="same")

    def forward(self, x):
        return x + self.conv2(F.relu(self.bn2(self.conv1(F.relu(self.bn1(x))))))


class SpliceAI(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.conv1, self.skip = nn.Conv1d(4, 6, 1), nn.Conv1d(6, 6, 1)
        self.blocks = nn.ModuleList([SpliceBlock(5, 1), SpliceBlock(3, 4)])
        self.skips = nn.ModuleList([nn.Conv1d(6, 6, 1), nn.Conv1d(6, 6, 1)])
        self.last = nn.Conv1d(6, 3, 1)

    def forward(self, x):
        x = self.conv1(x)
        skip = self.skip(x)
        for block, conv in zip(self.blocks, self.skips, strict=True):
            x = block(x)
            skip = skip + conv(x)
        return F.softmax(self.last(F.pad(skip, (-8, -8))), dim=1)


class ScBasset(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Sequential(nn.Conv1d(4, 6, 5, padding="same"), nn.BatchNorm1d(6), nn.MaxPool1d(3))
        self.tower = nn.Sequential(
            nn.GELU(approximate="tanh"), nn.Conv1d(6, 8, 5, padding="same"), nn.BatchNorm1d(8), nn.MaxPool1d(2)
        )
        self.bottleneck = nn.Linear(48, 4)
        self.cells, self.depth = nn.Embedding(5, 4), nn.Embedding(5, 1)

    def forward(self, x):
        x = self.tower(self.stem(x))
        x = F.gelu(self.bottleneck(F.gelu(x).permute(0, 2, 1).flatten(1)))
        return torch.sigmoid(x @ self.cells.weight.T + self.depth.weight.squeeze(1))


class StrandAverage(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.body = nn.Sequential(nn.Conv1d(4, 6, 5), nn.ReLU(), nn.MaxPool1d(6), nn.Flatten(), nn.Linear(36, 2))

    def forward(self, x):
        return (self.body(x) + self.body(torch.flip(x, [1, 2]))) / 2


class StrandBatch(nn.Module):
    """Both strands as a batch, and two dimensions that are more than one sequence."""

    def __init__(self) -> None:
        super().__init__()
        self.conv, self.pool, self.out = nn.Conv1d(4, 6, 5), nn.MaxPool1d(6), nn.Linear(36, 2)
        self.rows = nn.Conv2d(1, 3, (1, 5))

    def forward(self, x):
        both = torch.cat([x, x.flip((1, 2))], dim=0)
        y = self.out(self.pool(F.relu(self.conv(both))).flatten(1))
        rows = F.max_pool2d(self.rows(x.unsqueeze(1)), (1, 4))
        forward, reverse = y.chunk(2, dim=0)
        return torch.maximum(forward, reverse), rows.amax(3).flatten(1)


class StrandMaximum(nn.Module):
    """The larger of both strands, filter by filter, and a profile whose strands are exchanged."""

    def __init__(self) -> None:
        super().__init__()
        self.conv, self.head = nn.Conv1d(4, 6, 5, padding=2), nn.Conv1d(6, 2, 3, padding=1)

    def forward(self, x):
        forward, reverse = F.relu(self.conv(x)), F.relu(self.conv(x.flip((1, 2)))).flip(2)
        both = torch.maximum(forward, reverse)
        profile = self.head(both)
        return profile.index_select(1, torch.tensor([1, 0])) + profile, both.amax(dim=(1, 2), keepdim=True)


class AttentionPool(nn.Module):
    def __init__(self, dim: int, size: int = 2) -> None:
        super().__init__()
        self.size, self.logits = size, nn.Conv2d(dim, dim, 1, bias=False)

    def forward(self, x):
        n, c, length = x.shape
        x = x.view(n, c, length // self.size, self.size)
        weights = self.logits(x).softmax(dim=-1)
        return (x * weights).sum(dim=-1)


class EnformerTower(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Conv1d(4, 6, 7, padding=3)
        self.point = nn.Conv1d(6, 6, 1)
        self.pool = AttentionPool(6)
        self.norm, self.conv, self.out = nn.BatchNorm1d(6), nn.Conv1d(6, 8, 5, padding=2), nn.Linear(8, 3)

    def forward(self, x):
        x = self.stem(x)
        x = self.pool(x + self.point(x))
        x = self.conv(torch.sigmoid(1.702 * self.norm(x)) * x)
        x = x.transpose(1, 2)
        return F.softplus(self.out(x[:, 3:-3]))


class TransformerEncoder(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.conv, self.pool = nn.Conv1d(4, 8, 5, padding=2), nn.MaxPool1d(4)
        self.position = nn.Parameter(torch.randn(1, 10, 8) / 4)
        layer = nn.TransformerEncoderLayer(8, 2, 16, batch_first=True, activation="gelu", dropout=0.1)
        self.encoder = nn.TransformerEncoder(layer, 2)
        self.head = nn.Linear(8, 2)

    def forward(self, x):
        x = self.pool(F.relu(self.conv(x))).transpose(1, 2) + self.position
        return self.head(self.encoder(x).mean(dim=1))


class BatchFirst(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv1d(4, 8, 5, stride=4)
        self.attention, self.norm = nn.MultiheadAttention(8, 2, batch_first=True), nn.LayerNorm(8)
        self.head = nn.Linear(8, 2)

    def forward(self, x):
        x = self.conv(x).permute(0, 2, 1)
        a, weights = self.attention(x, x, x)
        return self.head(self.norm(x + a)[:, 0]), weights


class SequenceFirst(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv1d(4, 8, 5, stride=4)
        self.attention, self.norm = nn.MultiheadAttention(8, 2), nn.LayerNorm(8)
        self.head = nn.Linear(8, 2)

    def forward(self, x):
        x = self.conv(x).permute(2, 0, 1)
        a, _ = self.attention(x, x, x, need_weights=False)
        return self.head(self.norm(x + a).mean(0))


class EmbeddingGru(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.embedding = nn.Embedding(6, 5, padding_idx=0)
        self.gru = nn.GRU(5, 4, num_layers=2, batch_first=True, bidirectional=True)
        self.out = nn.Linear(8, 2)

    def forward(self, x):
        _, h = self.gru(self.embedding(x))
        return self.out(torch.cat([h[-2], h[-1]], dim=1))


class SimpleRnn(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.rnn, self.out = nn.RNN(4, 5, batch_first=True, nonlinearity="relu"), nn.Linear(5, 2)

    def forward(self, x):
        _, h = self.rnn(x)
        return self.out(h.squeeze(0))


class PoolingTraps(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv1d(4, 6, 5)
        self.ceil = nn.MaxPool1d(4, 3, padding=1, ceil_mode=True)
        self.dilated = nn.MaxPool1d(3, 2, dilation=2)
        self.counts, self.without = nn.AvgPool1d(4, 3, 2, True), nn.AvgPool1d(4, 3, 2, True, False)
        self.max5, self.mean3 = nn.AdaptiveMaxPool1d(5), nn.AdaptiveAvgPool1d(3)

    def forward(self, x):
        x = self.conv(x)
        given = [self.ceil(x), self.dilated(x), self.counts(x), self.without(x), self.max5(x), self.mean3(x)]
        values, _ = F.max_pool1d(x, 4, return_indices=True)
        return torch.cat([*given, values, F.adaptive_max_pool1d(x, 1), F.adaptive_avg_pool1d(x, 1)], dim=2)


class UNet(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.down1, self.down2 = nn.Conv1d(4, 6, 3, padding=1), nn.Conv1d(6, 8, 3, padding=1)
        self.pool, self.bottom = nn.MaxPool1d(2), nn.Conv1d(8, 8, 3, padding=1)
        self.up2, self.up1 = nn.ConvTranspose1d(8, 8, 2, stride=2), nn.Upsample(scale_factor=2)
        self.merge2, self.merge1 = nn.Conv1d(16, 8, 3, padding=1), nn.Conv1d(14, 6, 3, padding=1)
        self.out = nn.Conv1d(6, 1, 1)

    def forward(self, x):
        a = F.relu(self.down1(x))
        b = F.relu(self.down2(self.pool(a)))
        c = F.relu(self.bottom(self.pool(b)))
        d = F.relu(self.merge2(torch.cat([self.up2(c), b], dim=1)))
        e = F.relu(self.merge1(torch.cat([self.up1(d), a], dim=1)))
        return self.out(e).squeeze(1)


class Stretched(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.conv, self.pool = nn.Conv1d(4, 8, 5), nn.MaxPool1d(3)
        self.nearest, self.shorter = nn.Upsample(scale_factor=1.7), nn.Upsample(size=9)
        self.up = nn.ConvTranspose1d(8, 6, 3, stride=2, output_padding=1, groups=2)
        self.linear = nn.Upsample(scale_factor=1.5, mode="linear")
        self.corners = nn.Upsample(size=31, mode="linear", align_corners=True)

    def forward(self, x):
        x = self.pool(F.relu(self.conv(x)))
        return torch.cat([self.corners(self.linear(self.up(self.nearest(x)))), self.up(self.shorter(x))], dim=2)


class NormsAndGlu(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.conv1, self.group, self.glu = nn.Conv1d(4, 8, 5), nn.GroupNorm(2, 8), nn.GLU(dim=1)
        self.instance = nn.InstanceNorm1d(4, affine=True)
        self.rms = nn.RMSNorm(4, eps=1e-6)
        self.layer = nn.LayerNorm([4, 36])

    def forward(self, x):
        x = self.glu(self.group(self.conv1(x)))
        x = self.layer(self.instance(x))
        return self.rms(x.transpose(1, 2)).sum(dim=[1, 2])


class WeightNorm(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.conv = weight_norm(nn.Conv1d(4, 6, 5))
        self.out = weight_norm(nn.Linear(6, 2))

    def forward(self, x):
        return self.out(F.leaky_relu(self.conv(x), 0.1).max(dim=-1).values)


class ChannelsLast(nn.Module):
    """(N, L, 4)."""

    def __init__(self) -> None:
        super().__init__()
        self.conv, self.dense, self.out = nn.Conv1d(4, 6, 5), nn.Linear(6, 6), nn.Linear(54, 2)

    def forward(self, x):
        x = F.relu(self.conv(x.transpose(1, 2)))
        x = torch.tanh(self.dense(x.permute(0, 2, 1)))
        return self.out(F.max_pool1d(x.permute(0, 2, 1), 4).permute(0, 2, 1).flatten(start_dim=1))


class PaddingModes(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.reflect = nn.Conv1d(4, 4, 5, padding=2, padding_mode="reflect")
        self.replicate = nn.Conv1d(4, 4, 5, padding=2, padding_mode="replicate")
        self.circular = nn.Conv1d(4, 4, 5, padding=2, padding_mode="circular")
        self.pad, self.constant, self.wide = (
            nn.ZeroPad1d((4, 1)),
            nn.ConstantPad1d((2, 0), 0.5),
            nn.Conv1d(12, 3, 3, padding=5),
        )

    def forward(self, x):
        x = torch.cat([self.reflect(x), self.replicate(x), self.circular(x)], dim=1)
        return F.pad(self.wide(self.constant(self.pad(x))), (-3, 2)).mean(-1)


class Activations(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv1d(4, 6, 5)
        self.functions = nn.ModuleList(
            [
                nn.ELU(), nn.SELU(), nn.CELU(), nn.GELU(), nn.SiLU(), nn.Mish(), nn.Softplus(), nn.Hardswish(),
                nn.Hardsigmoid(), nn.ReLU6(), nn.Hardtanh(-0.7, 0.7), nn.PReLU(6), nn.LeakyReLU(0.2), nn.Softsign(),
                nn.LogSigmoid(), nn.Tanhshrink(), nn.Hardshrink(), nn.Softshrink(), nn.Threshold(0.2, -0.1),
            ]
        )  # fmt: skip
        self.out = nn.Linear(36, 2)

    def forward(self, x):
        x = self.conv(x)
        total = torch.exp(x * 0.1) - 1
        for function in self.functions:
            total = total + function(x)
        total = torch.clamp(total, -20, 20) + x.abs().pow(0.5) + torch.where(x > 0.1, x**2, -x) + (x * x + 1).log()
        return F.log_softmax(self.out((total * 0.01).sum(1)), dim=-1)


class DeepBind(nn.Module):
    """Two dimensions, (N, 1, 4, L), with the maximum of the whole axis."""

    def __init__(self) -> None:
        super().__init__()
        self.conv, self.out = nn.Conv2d(1, 6, (4, 7)), nn.Linear(12, 1)

    def forward(self, x):
        x = F.relu(self.conv(x)).squeeze(2)
        top, mean = F.max_pool1d(x, 34).squeeze(-1), F.avg_pool1d(x, x.size(2)).squeeze(-1)
        return self.out(torch.cat([top, mean], dim=1))


class SqueezeExcite(nn.Module):
    def __init__(self, channels: int) -> None:
        super().__init__()
        self.fc = nn.Sequential(nn.Linear(channels, 3), nn.SiLU(), nn.Linear(3, channels), nn.Sigmoid())

    def forward(self, x):
        n, c, _ = x.size()
        return x * self.fc(x.view(n, c, -1).mean(dim=2)).view(n, c, 1)


class LegNet(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Sequential(nn.Conv1d(4, 6, 7, padding=3), nn.BatchNorm1d(6), nn.SiLU())
        self.depthwise = nn.Conv1d(6, 12, 5, padding=2, groups=6)
        self.grouped, self.se = nn.Conv1d(12, 6, 3, padding=1, groups=3), SqueezeExcite(12)
        self.mapper = nn.Conv1d(12, 5, 1)
        self.register_buffer("bins", torch.arange(5.0), persistent=False)

    def forward(self, x):
        x = self.stem(x)
        y = self.se(F.silu(self.depthwise(x)))
        x = torch.cat([x, self.grouped(y)], dim=1)
        logits = F.adaptive_avg_pool1d(self.mapper(x), 1).squeeze(2)
        return (F.softmax(logits, dim=1) * self.bins).sum(dim=1)


class TwoInputs(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.conv, self.signal, self.cell = nn.Conv1d(4, 6, 5), nn.Conv1d(1, 2, 5), nn.Linear(3, 4)
        self.out = nn.Linear(12, 2)

    def forward(self, x, track, cell):
        a = F.relu(self.conv(x)).amax(dim=2)
        b = torch.relu(self.signal(track)).mean(dim=2)
        return self.out(torch.cat((a, b, self.cell(cell)), dim=1)), b


class SharedAndTied(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.conv, self.act = nn.Conv1d(4, 4, 5, padding=2), nn.ReLU(inplace=True)
        self.encode, self.decode = nn.Linear(4, 6, bias=False), nn.Linear(6, 4, bias=False)
        self.decode.weight = nn.Parameter(self.encode.weight.detach().t())

    def forward(self, x):
        x = self.act(self.conv(x))
        x = self.act(self.conv(x))
        y = self.encode(x.transpose(1, 2))
        y, z = self.decode(y).chunk(2, dim=2)
        return torch.einsum("bli,blj->bij", y, z).cumsum(1) + F.scaled_dot_product_attention(y, y, z).mean()


class FreeLength(nn.Module):
    """Any length, and any batch."""

    def __init__(self) -> None:
        super().__init__()
        # A MaxPool1d would fix the length.
        self.conv1, self.bn = nn.Conv1d(4, 6, 5, padding=2, stride=2), nn.BatchNorm1d(6)
        self.conv2, self.heads, self.out = nn.Conv1d(6, 6, 3, padding="same"), nn.Linear(6, 6), nn.Linear(6, 2)

    def forward(self, x):
        x = self.conv2(F.relu(self.bn(self.conv1(x)))).transpose(1, 2)
        n, length, _ = x.shape
        q = self.heads(x).view(n, length, 2, 3).transpose(1, 2)
        x = F.scaled_dot_product_attention(q, q, q).transpose(1, 2).reshape(n, length, 6)
        return self.out(x.max(dim=1)[0])


class LargerBatch(nn.Module):
    """Exported with a batch of 3."""

    def __init__(self) -> None:
        super().__init__()
        self.conv, self.out = nn.Conv1d(4, 6, 5), nn.Linear(54, 2)

    def forward(self, x):
        x = F.max_pool1d(F.relu(self.conv(x)), 4)
        y = x.view(x.shape[0], 2, 3, -1).softmax(dim=1)
        return self.out(y.reshape(x.shape[0], 54))


MODELS: dict[str, Example] = {
    "sequential": Example(Sequential),
    "deepsea": Example(DeepSEA),
    "beluga": Example(Beluga),
    "basset": Example(Basset, ((1, 4, 40, 1),)),
    "danq": Example(DanQ),
    "deepstarr": Example(DeepSTARR),
    "bpnet": Example(BPNet),
    "chrombpnet": Example(ChromBPNet),
    "spliceai": Example(SpliceAI),
    "scbasset": Example(ScBasset),
    "strand_average": Example(StrandAverage),
    "strand_batch": Example(StrandBatch),
    "strand_maximum": Example(StrandMaximum),
    "enformer_tower": Example(EnformerTower),
    "transformer": Example(TransformerEncoder),
    "batch_first": Example(BatchFirst),
    "sequence_first": Example(SequenceFirst),
    "embedding_gru": Example(EmbeddingGru, ((1, 40),), rows=6),
    "simple_rnn": Example(SimpleRnn, ((1, 40, 4),)),
    "pooling_traps": Example(PoolingTraps),
    "unet": Example(UNet),
    "stretched": Example(Stretched),
    "norms_and_glu": Example(NormsAndGlu),
    "weight_norm": Example(WeightNorm),
    "channels_last": Example(ChannelsLast, ((1, 40, 4),)),
    "padding_modes": Example(PaddingModes),
    "activations": Example(Activations),
    "deepbind": Example(DeepBind, ((1, 1, 4, 40),)),
    "legnet": Example(LegNet),
    "two_inputs": Example(TwoInputs, ((1, 4, 40), (1, 1, 40), (1, 3))),
    "shared_and_tied": Example(SharedAndTied),
    "free_length": Example(FreeLength, dynamic={"x": {0: "batch", 2: "length"}}),
    "larger_batch": Example(LargerBatch, ((3, 4, 40),)),
}
"""The networks by name: the 29 kinds, and strands as a batch, one of any length, and one of a larger batch."""
