"""From one call of a layer to nodes, by the row of its class.

A class without a row, a setting that we do not know, or an input that is no sequence makes an `Unknown` with the
reason. Weights that contradict the configuration are no such case: they are refused.
"""

from __future__ import annotations

from ...errors import ModelError, NotFoundError, SettingError, ShapeError
from .assembly import Tensor, Unsupported
from .layer_call import LayerCall
from .layer_classes import CLASSES
from .layer_config import LayerConfig
from .plans import quantisation

__all__ = ["build", "is_built", "reason_unknown"]


def build(called: LayerCall) -> Tensor:
    """Add the nodes of one call of a layer and return what flows out of it.

    Args:
        called: The call.

    Raises:
        ModelError: The file's weights contradict its configuration; the message names the file and the layer.
        Unsupported: It cannot be computed.
    """
    row = CLASSES.get(called.config.class_name)
    if row is None or row.build is None:
        raise Unsupported(reason_unknown(called.config))
    _refuse_other_weights(called)
    try:
        return row.build(called)
    except (NotFoundError, SettingError, ShapeError) as error:
        # The settings are Keras's own, and what it reads is what the layers before it gave: not a damage of the file.
        raise Unsupported(f"{error.what}; {error.remedy}" if error.remedy else error.what) from None
    except ModelError as error:
        if error.where:
            raise
        raise ModelError(error.what, where=called.assembly.where(called.name), remedy=error.remedy) from None


def is_built(class_name: str) -> bool:
    """Tell whether layers of a class can be added.

    Args:
        class_name: The class, in Keras 3's words.
    """
    return class_name in CLASSES and CLASSES[class_name].build is not None


def _refuse_other_weights(called: LayerCall) -> None:
    """Refuse weights that a layer computes with in another way than its class says."""
    quantised = quantisation(called.config)
    if quantised:
        raise Unsupported(f"its weights were quantised to {quantised}, which is not computed")
    rank = called.settings.get("lora_rank")
    # A .keras file holds the sum; a legacy file its parts.
    if rank and len(called.weights) > 1 + called.flag("use_bias", True):
        raise Unsupported(
            f"its kernel is adapted by two of rank {rank} (lora_rank), which are stored apart; a .keras file of this"
            " model holds their sum"
        )


def reason_unknown(layer: LayerConfig) -> str:
    """Return why a layer of a class without a builder cannot be computed.

    Args:
        layer: The layer.
    """
    class_name = layer.stored_class
    if layer.is_own:
        return f"{layer.class_name} is a class of the author's own, whose program is not in the file"
    if class_name == "Lambda":
        return "a Lambda is a piece of a program, which is never executed"
    if class_name in ("TFOpLambda", "SlicingOpLambda", "TensorFlowOpLayer"):
        return "it is a function of TensorFlow, which is not read"
    if class_name.endswith(("2D", "3D")):
        return f"a {class_name} works on more than one dimension"
    return f"a {class_name} is not a layer that can be read"
