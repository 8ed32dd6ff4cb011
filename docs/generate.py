"""Write the pages that are made from the code: `make docs`. A test fails if one of them is out of date."""

from __future__ import annotations

import json
from pathlib import Path

from lifeops_codemods.config.schema import json_schema
from lifeops_codemods.rules import all_rules

DOCS = Path(__file__).parent


def pages() -> dict[str, str]:
    """The text of every generated page, by its name in this folder."""
    schema = json.dumps(json_schema(all_rules()), indent=2, ensure_ascii=False)
    return {"lifeops-migrate.schema.json": f"{schema}\n"}


if __name__ == "__main__":
    for name, text in pages().items():
        (DOCS / name).write_text(text, encoding="utf-8")
