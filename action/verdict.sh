#!/usr/bin/env bash
# The last step of the action: whether the job fails. Asked of the SARIF file, which is what was uploaded.
set -euo pipefail

case "${INPUT_FAIL_ON:-error}" in
  never) levels="" ;;
  error) levels="error" ;;
  warning) levels="error warning" ;;
  info) levels="error warning note" ;;
  *)
    echo "fail-on: ${INPUT_FAIL_ON} is none of error, warning, info, never" >&2
    exit 2
    ;;
esac

count="$(python3 - "$SARIF" "$levels" <<'PYTHON'
import json, sys
with open(sys.argv[1], encoding="utf-8") as file:
    results = json.load(file)["runs"][0]["results"]
print(sum(result["level"] in sys.argv[2].split() for result in results))
PYTHON
)"
if [[ "${REVIEW_CODE:-0}" != 0 ]]; then
  echo "Some files could not be read; the review names them." >&2
  exit "$REVIEW_CODE"
fi
if [[ "$count" != 0 ]]; then
  echo "$count issues of the severity ${INPUT_FAIL_ON:-error} or worse; the summary lists them." >&2
  exit 1
fi
