"""Keras's classes of layers, a row each: all that is read of a class is said here.

To add a class, add its row to `CLASSES`, by its name in Keras 3:

    "Rescaling": KerasClass(simple(Rescaling)),

`simple` reads the fields of a layer as settings of the same names, or as weights: `simple(Scaling, weights=("scale",))`
beside the variables `always("scale")`. A class that needs more takes a builder of its own,
a function from a `LayerCall` to the `Tensor` that flows out, beside those like it. The other fields are for classes
with weights, and for those that older versions of Keras called or set otherwise.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

from ...layers import (
    ELU,
    ActivityRegularization,
    AdaptiveAveragePooling1D,
    AdaptiveMaxPooling1D,
    Add,
    AlphaDropout,
    Average,
    AveragePooling1D,
    Dropout,
    GaussianDropout,
    GaussianNoise,
    GlobalAveragePooling1D,
    GlobalMaxPooling1D,
    Identity,
    LeakyReLU,
    Masking,
    Maximum,
    MaxPooling1D,
    Minimum,
    Multiply,
    ReLU,
    SpatialDropout1D,
    Subtract,
)
from .activations import activation, simple, softmax
from .attention import (
    additive_attention,
    attention,
    einsum_dense,
    einsum_variables,
    head_variables,
    heads,
)
from .convolution import adaptive_pool, convolution, depthwise, global_pool, pool, separable
from .layer_call import Builder
from .normalization import (
    group_normalization,
    normalization,
    normalization_variables,
    rescaling,
    rms_normalization,
    unit_normalization,
)
from .recurrent import bidirectional, recurrent
from .shaping import concatenate, dot, flatten, merging, permute, repeat, reshape
from .text import Json
from .transposed import transposed_convolution
from .two_dimensional import crop, pad, upsample
from .variables import Plan, Variables, always, kernels, normalising, recurrent_kernels
from .weighted import batch_normalization, dense, embedding, layer_normalization, prelu, time_distributed

__all__ = ["CLASSES", "KerasClass"]

_ALONG: Final = {"filter_length": "kernel_size", "subsample_length": "strides"}
_POOL: Final = {"pool_length": "pool_size", "stride": "strides"}


@dataclass(frozen=True, slots=True)
class KerasClass:
    """What is known of one class.

    Attributes:
        build: Adds the nodes of one call; None for a class that is known and not computed as a layer.
        variables: Its variables, in the order in which Keras stores them.
        older_names: What other versions of Keras called it.
        older_settings: Its settings in the words of Keras 0.3 and 1, and in those of Keras 3.
        merge_mode: The mode of Keras 1's Merge that did the same.
        wraps: The groups of a `.keras` file in which a wrapper's layer stands, once for every copy of it.
        has_cell: Whether its variables may stand with a cell of its own.
        activates: Whether it may serve as the activation function of another layer.
        takes_arguments: Whether the builder reads what a call is given beside its tensors, or refuses it.
        parts: The groups of a `.keras` file in which the layers stand that it is made of.
        function_of: What a function of `keras.ops` of its name must have to be the same: several `inputs`, since one
            that computes with a constant is not, or an `axis`.
    """

    build: Builder | None = None
    variables: Variables = field(default=always())
    older_names: tuple[str, ...] = ()
    older_settings: Mapping[str, str] = field(default_factory=dict)
    merge_mode: str = ""
    wraps: tuple[str, ...] = ()
    has_cell: bool = False
    activates: bool = False
    takes_arguments: bool = False
    parts: tuple[str, ...] = ()
    function_of: Literal["", "inputs", "axis"] = ""

    def is_function(self, settings: Json, inputs: int) -> bool:
        """Tell whether a function of `keras.ops` of this class's name computes the same.

        Args:
            settings: The function's settings.
            inputs: How many tensors it reads.
        """
        if self.function_of == "axis":
            return isinstance(settings.get("axis"), int)
        return self.function_of == "inputs" and inputs > 1


CLASSES: Final[dict[str, KerasClass]] = {
    "Activation": KerasClass(activation, activates=True),
    "ActivityRegularization": KerasClass(simple(ActivityRegularization)),
    "AdaptiveAveragePooling1D": KerasClass(adaptive_pool(AdaptiveAveragePooling1D)),
    "AdaptiveMaxPooling1D": KerasClass(adaptive_pool(AdaptiveMaxPooling1D)),
    "AdditiveAttention": KerasClass(
        additive_attention,
        lambda settings: Plan(("scale",) if settings.get("use_scale", True) else ()),
        takes_arguments=True,
    ),
    "Add": KerasClass(merging(Add), merge_mode="sum", function_of="inputs"),
    "AlphaDropout": KerasClass(simple(AlphaDropout, random=True)),
    "Attention": KerasClass(
        attention,
        lambda settings: Plan(
            ("scale",) * bool(settings.get("use_scale"))
            + ("concat_score_weight",) * (settings.get("score_mode") == "concat")
        ),
        takes_arguments=True,
    ),
    "Average": KerasClass(merging(Average), merge_mode="ave"),
    "AveragePooling1D": KerasClass(pool(AveragePooling1D), older_settings=_POOL),
    "AveragePooling2D": KerasClass(pool(AveragePooling1D)),
    "BatchNormalization": KerasClass(
        batch_normalization,
        normalising("moving_mean", "moving_variance"),
        older_names=("BatchNormalizationV1", "BatchNormalizationV2"),
    ),
    "Bidirectional": KerasClass(bidirectional, wraps=("forward_layer", "backward_layer")),
    "Concatenate": KerasClass(concatenate, merge_mode="concat", function_of="axis"),
    "Conv1D": KerasClass(
        convolution,
        kernels("kernel"),
        older_names=("Convolution1D", "AtrousConvolution1D"),
        older_settings=_ALONG,
    ),
    "Conv1DTranspose": KerasClass(transposed_convolution, kernels("kernel")),
    "Conv2DTranspose": KerasClass(transposed_convolution, kernels("kernel")),
    "Conv2D": KerasClass(convolution, kernels("kernel"), older_names=("Convolution2D", "AtrousConvolution2D")),
    "Cropping1D": KerasClass(crop),
    "Cropping2D": KerasClass(crop),
    "Dense": KerasClass(
        dense, kernels("kernel"), older_names=("TimeDistributedDense",), older_settings={"output_dim": "units"}
    ),
    "DepthwiseConv1D": KerasClass(depthwise, kernels("kernel")),
    "DepthwiseConv2D": KerasClass(depthwise, kernels("kernel")),
    "Dot": KerasClass(dot, merge_mode="dot"),
    "Dropout": KerasClass(simple(Dropout, random=True), older_settings={"p": "rate"}),
    "ELU": KerasClass(simple(ELU), activates=True),
    "EinsumDense": KerasClass(einsum_dense, einsum_variables),
    "Embedding": KerasClass(embedding, always("embeddings")),
    "Flatten": KerasClass(flatten),
    "GRU": KerasClass(
        recurrent,
        recurrent_kernels("zrh"),
        older_names=("CuDNNGRU", "UnifiedGRU", "GRUV2"),
        older_settings={"output_dim": "units"},
        has_cell=True,
    ),
    "GaussianDropout": KerasClass(simple(GaussianDropout, random=True), older_settings={"p": "rate"}),
    "GaussianNoise": KerasClass(simple(GaussianNoise, random=True), older_settings={"sigma": "stddev"}),
    "GlobalAveragePooling1D": KerasClass(global_pool(GlobalAveragePooling1D)),
    "GlobalAveragePooling2D": KerasClass(global_pool(GlobalAveragePooling1D)),
    "GlobalMaxPooling1D": KerasClass(global_pool(GlobalMaxPooling1D)),
    "GlobalMaxPooling2D": KerasClass(global_pool(GlobalMaxPooling1D)),
    "GroupNormalization": KerasClass(group_normalization, normalising(), older_names=("InstanceNormalization",)),
    "Identity": KerasClass(simple(Identity)),
    "InputLayer": KerasClass(),
    "LSTM": KerasClass(
        recurrent,
        recurrent_kernels("icfo"),
        older_names=("CuDNNLSTM", "UnifiedLSTM", "LSTMV2"),
        older_settings={"output_dim": "units"},
        has_cell=True,
    ),
    "Lambda": KerasClass(),
    "LayerNormalization": KerasClass(layer_normalization, normalising()),
    "LeakyReLU": KerasClass(simple(LeakyReLU), older_settings={"alpha": "negative_slope"}, activates=True),
    "Masking": KerasClass(simple(Masking, as_keras=True)),
    "MaxPooling1D": KerasClass(pool(MaxPooling1D), older_settings=_POOL),
    "MaxPooling2D": KerasClass(pool(MaxPooling1D)),
    "Maximum": KerasClass(merging(Maximum), merge_mode="max", function_of="inputs"),
    "Merge": KerasClass(),
    "Minimum": KerasClass(merging(Minimum), function_of="inputs"),
    "MultiHeadAttention": KerasClass(
        heads,
        head_variables,
        takes_arguments=True,
        parts=("query_dense", "key_dense", "value_dense", "output_dense"),
    ),
    "Multiply": KerasClass(merging(Multiply), merge_mode="mul", function_of="inputs"),
    "Normalization": KerasClass(normalization, normalization_variables),
    "PReLU": KerasClass(prelu, always("alpha")),
    "Permute": KerasClass(permute),
    "RMSNormalization": KerasClass(rms_normalization, always("scale")),
    "ReLU": KerasClass(simple(ReLU), activates=True),
    "RepeatVector": KerasClass(repeat),
    "Reshape": KerasClass(reshape, older_settings={"dims": "target_shape"}),
    "Rescaling": KerasClass(rescaling),
    "SeparableConv1D": KerasClass(
        separable,
        kernels("depthwise_kernel", "pointwise_kernel"),
        older_names=("SeparableConvolution1D",),
        older_settings=_ALONG,
    ),
    "SeparableConv2D": KerasClass(
        separable, kernels("depthwise_kernel", "pointwise_kernel"), older_names=("SeparableConvolution2D",)
    ),
    "SimpleRNN": KerasClass(recurrent, recurrent_kernels(), older_settings={"output_dim": "units"}, has_cell=True),
    "Softmax": KerasClass(softmax, activates=True, function_of="axis"),
    "SpatialDropout1D": KerasClass(simple(SpatialDropout1D, random=True), older_settings={"p": "rate"}),
    "SpatialDropout2D": KerasClass(simple(SpatialDropout1D, random=True), older_settings={"p": "rate"}),
    "Subtract": KerasClass(merging(Subtract), function_of="inputs"),
    "TimeDistributed": KerasClass(time_distributed, wraps=("layer",)),
    "UnitNormalization": KerasClass(unit_normalization),
    "UpSampling1D": KerasClass(upsample, older_settings={"length": "size"}),
    "UpSampling2D": KerasClass(upsample),
    "ZeroPadding1D": KerasClass(pad),
    "ZeroPadding2D": KerasClass(pad),
}
"""Every class that is known, by its name in Keras 3."""
