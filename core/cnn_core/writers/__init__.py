"""Writers: the values of a block and its kernels as files that other tools read; one module a format.

All of them take an open file, write from start to end in bounded memory, and know nothing about file names and
folders. Coordinates are those of BED: 0-based and half-open, in the record's own direction, whichever strand was read.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..lazy_names import lazily

if TYPE_CHECKING:
    from .all_records import RecordsValues
    from .archive import write_arrays
    from .base_numbers import (
        BaseNumbers,
        Said,
        regions_overlap,
        write_base_arrays,
        write_base_table,
        write_base_track,
    )
    from .bed import write_hits_bed, write_hits_table
    from .comments import write_comments
    from .decimals import shortest
    from .filter_page import write_filter_page
    from .filter_table import FILTER_COLUMNS, FilterColumn, filter_arrays, write_filter_table
    from .gff3 import GFF3_HEAD, write_hits_gff3
    from .igv_session import write_igv_session
    from .influence_table import influence_arrays, influence_columns, shown_influence_columns
    from .insertion import (
        INSERTION_COLUMNS,
        InsertionNotes,
        insertion_arrays,
        write_insertion_table,
    )
    from .motif_files import MotifNotes
    from .predictions import (
        PredictionNotes,
        none_long_enough,
        write_prediction_arrays,
        write_prediction_table,
        write_prediction_track,
    )
    from .resemblance_table import FEW_SITES, match_arrays, match_columns, resemblance_columns
    from .tables import table_name
    from .tracks import write_chrom_sizes
    from .values import BlockValues
    from .variants import VARIANT_COLUMNS, score_lines, score_vcf_header, score_vcf_line

__getattr__ = lazily(
    __name__,
    {
        "all_records": "RecordsValues",
        "archive": "write_arrays",
        "base_numbers": "BaseNumbers Said regions_overlap write_base_arrays write_base_table write_base_track",
        "bed": "write_hits_bed write_hits_table",
        "comments": "write_comments",
        "decimals": "shortest",
        "filter_page": "write_filter_page",
        "filter_table": "FILTER_COLUMNS FilterColumn filter_arrays write_filter_table",
        "insertion": "INSERTION_COLUMNS InsertionNotes insertion_arrays write_insertion_table",
        "resemblance_table": "FEW_SITES match_arrays match_columns resemblance_columns",
        "gff3": "GFF3_HEAD write_hits_gff3",
        "igv_session": "write_igv_session",
        "influence_table": "influence_arrays influence_columns shown_influence_columns",
        "motif_files": "MotifNotes",
        "predictions": "PredictionNotes none_long_enough write_prediction_arrays write_prediction_table "
        "write_prediction_track",
        "tables": "table_name",
        "tracks": "write_chrom_sizes",
        "values": "BlockValues",
        "variants": "VARIANT_COLUMNS score_lines score_vcf_header score_vcf_line",
    },
)
