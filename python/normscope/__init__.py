"""Records a PyTorch training run in the format of Normscope (docs/formats.md, "Record")."""

from .names import NamesError
from .scope import Scope, watch
from .version import VERSION as __version__

__all__ = ["NamesError", "Scope", "watch", "__version__"]
