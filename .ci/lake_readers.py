"""The readers of foreign_readers.py: DuckDB, DataFusion (iceberg-rust), Polars and PyIceberg."""
import glob
import os

import datafusion
import duckdb
import duckdb_extension_iceberg
import polars
from pyiceberg_core.datafusion import IcebergDataFusionTable

ORDER = 'ORDER BY "_bucket", "_offset"'


class DuckDb:
    """DuckDB finds tables by the gateway's Iceberg REST catalog."""

    name = "DuckDB"
    no_nanoseconds = "1.5.5 knows no timestamptz_ns"
    no_altered_fields = "1.5.5 crashes at a file from before a field was added to structs in a list or map"

    def __init__(self, endpoint, _):
        self.database = duckdb.connect(config={"allow_unsigned_extensions": "true"})
        # Its extensions come as Python packages, so that nothing is downloaded while it runs.
        site = os.path.dirname(os.path.dirname(duckdb_extension_iceberg.__file__))
        for extension in ("httpfs", "avro", "iceberg"):
            (file,) = glob.glob(f"{site}/duckdb_extension_{extension}/extensions/*/{extension}.duckdb_extension")
            self.database.execute(f"LOAD '{file}'")
        self.database.execute(
            f"ATTACH 'sluice' AS lake (TYPE ICEBERG, ENDPOINT 'http://{endpoint}/iceberg', AUTHORIZATION_TYPE 'none')"
        )

    def read(self, table, where="true"):
        name = ".".join(f'"{part}"' for part in table)
        return self.database.execute(f"SELECT * FROM lake.{name} WHERE {where} {ORDER}").to_arrow_table()


class DataFusion:
    """DataFusion reads a table's metadata with iceberg-rust; PyIceberg's catalog says where it is."""

    name = "DataFusion"
    no_altered_fields = "iceberg-rust 0.11 refuses files from before fields within a column changed"

    def __init__(self, _, lake):
        self.lake = lake

    def read(self, table, where="true"):
        found = self.lake.load_table(table)
        # Table.__datafusion_table_provider__ of PyIceberg 0.12 also hands over properties that aren't text, which is refused.
        properties = {key: value for key, value in found.io.properties.items() if isinstance(value, str)}
        context = datafusion.SessionContext()
        context.register_table(
            "lake",
            IcebergDataFusionTable(
                identifier=found.name(), metadata_location=found.metadata_location, file_io_properties=properties
            ),
        )
        return context.sql(f"SELECT * FROM lake WHERE {where} {ORDER}").to_arrow_table()


class Polars:
    name = "Polars"

    def __init__(self, _, lake):
        self.lake = lake

    def read(self, table, where="true"):
        frame = polars.scan_iceberg(self.lake.load_table(table), reader_override="native")
        return frame.filter(polars.sql_expr(where)).sort("_bucket", "_offset").collect().to_arrow()


class PyIceberg:
    name = "PyIceberg"
    # PyIceberg 0.12 casts what is in lists, and puts it into lists of which none is null.
    forgets_null_lists = True

    def __init__(self, _, lake):
        self.lake = lake

    def read(self, table, where=None):
        scan = self.lake.load_table(table).scan(**({"row_filter": where.replace('"', "")} if where else {}))
        return scan.to_arrow().sort_by([("_bucket", "ascending"), ("_offset", "ascending")])


def make_readers(endpoint, lake):
    return [make(endpoint, lake) for make in (DuckDb, DataFusion, Polars, PyIceberg)]
