"""Spark as one of the readers of foreign_readers.py: Iceberg's own runtime for it, on the gateway's Iceberg REST catalog."""
import os

from pyspark.sql import SparkSession


class Spark:
    """Iceberg has two readers of Parquet for Spark, in batches and row by row."""

    # Iceberg's runtime refuses every table with a column of these types: "Spark does not support time fields".
    lacks = ("time",)
    no_nanoseconds = "Iceberg's runtime for it refuses such columns"
    # See docs/lake.md: a column that a file lacks is null to Iceberg's filters of Parquet files, whatever its default.
    no_default_filters = "Iceberg 1.11 leaves rows out of files from before the column"

    def __init__(self, session, in_batches):
        self.session = session
        self.in_batches = in_batches
        self.name = "Spark" if in_batches else "Spark row by row"

    def read(self, table, where="true"):
        self.session.conf.set("spark.sql.iceberg.vectorization.enabled", str(self.in_batches).lower())
        name = ".".join(f'"{part}"' for part in table)
        rows = self.session.sql(f'SELECT * FROM lake.{name} WHERE {where} ORDER BY "_bucket", "_offset"')
        # Cast to types without NOT NULL within: PySpark 4.1 can't make Arrow of a null struct with such a field.
        return rows.select([rows[f"`{column}`"].cast(kind).alias(column) for column, kind in rows.dtypes]).toArrow()

    @staticmethod
    def equals(name, kind, text):
        """A filter of SQL for a value as JSON spells it, or for bytes."""
        if isinstance(text, bytes):
            return f"{name} = X'{text.hex()}'"
        sql = {"long": "BIGINT", "timestamp": "TIMESTAMP_NTZ", "timestamptz": "TIMESTAMP", "uuid": "STRING"}.get(kind, kind)
        return f"{name} = CAST('{text}' AS {sql})"


def make_readers(endpoint, runtime):
    os.environ["SPARK_LOCAL_IP"] = "127.0.0.1"
    settings = {
        "spark.jars": runtime,
        "spark.driver.host": "127.0.0.1",
        "spark.driver.memory": "1g",
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.sql.session.timeZone": "UTC",
        "spark.sql.ansi.doubleQuotedIdentifiers": "true",
        "spark.sql.catalog.lake": "org.apache.iceberg.spark.SparkCatalog",
        "spark.sql.catalog.lake.type": "rest",
        "spark.sql.catalog.lake.uri": f"http://{endpoint}/iceberg",
        # Or it would read for 30 s the snapshot that it read last.
        "spark.sql.catalog.lake.cache-enabled": "false",
    }
    session = SparkSession.builder.master("local[2]").config(map=settings).getOrCreate()
    session.sparkContext.setLogLevel("ERROR")
    print(f"Spark {session.version} with {runtime.rsplit('/', 1)[-1]}", flush=True)
    return [Spark(session, True), Spark(session, False)]
