"""What a look at the names of a request can tell, before anything is opened."""

from __future__ import annotations

from ..options.request import OpenRequest
from .models import check_model_name
from .sources import check_source_name

__all__ = ["check_request"]


def check_request(request: OpenRequest) -> None:
    """Refuse what cannot be opened, as far as a look at the names can tell; no file is read.

    Raises:
        NotFoundError: There is no such model, sample or file.
        SequenceError: The sequences are a folder.
    """
    if request.model is not None:
        check_model_name(request.model)
    check_source_name(request.sequences)
