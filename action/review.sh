#!/usr/bin/env bash
# The step of the action that looks at the project. All results go into a folder below RUNNER_TEMP; the step fails only
# where there is no review: what the review found is for verdict.sh to judge, when everything has been uploaded.
set -euo pipefail

folder="$RUNNER_TEMP/lifeops-migrate"
mkdir -p "$folder"

# An environment of its own: the project's packages are neither needed nor touched.
if [[ -z "${LIFEOPS_MIGRATE:-}" ]]; then
  python3 -m venv "$RUNNER_TEMP/lifeops-migrate-venv"
  "$RUNNER_TEMP/lifeops-migrate-venv/bin/pip" install --quiet "$GITHUB_ACTION_PATH"
  LIFEOPS_MIGRATE="$RUNNER_TEMP/lifeops-migrate-venv/bin/lifeops-migrate"
fi

options=(--cache-dir "$RUNNER_TEMP/lifeops-migrate-cache")
[[ -z "${INPUT_SINCE:-}" ]] || options+=("--since=$INPUT_SINCE")
review=("--topic=${INPUT_TOPIC:-all}")
[[ -z "${INPUT_BASELINE:-}" ]] || review+=("--baseline=$INPUT_BASELINE")
place="${INPUT_PATH:-.}"

# 3: some files could not be read; the rest was reviewed.
code=0
report() {
  "$LIFEOPS_MIGRATE" review --format "$1" --output "$folder/$2" "${options[@]}" "${review[@]}" -- "$place" || code=$?
  [[ "$code" == 0 || "$code" == 3 ]] || exit "$code"
}
report sarif review.sarif
report html review.html
report markdown review.md
"$LIFEOPS_MIGRATE" run --dry-run --quiet --patch "$folder/lifeops-migrate.patch" "${options[@]}" -- "$place" >/dev/null || code=$?
[[ "$code" == 0 || "$code" == 3 ]] || exit "$code"

# A step's summary takes a megabyte.
if (( $(wc -c <"$folder/review.md") < 1000000 )); then
  cat "$folder/review.md" >>"$GITHUB_STEP_SUMMARY"
else
  echo "The review is too long for this page: see review.html among the artefacts." >>"$GITHUB_STEP_SUMMARY"
fi

{
  echo "folder=$folder"
  echo "sarif=$folder/review.sarif"
  echo "report=$folder/review.html"
  if [[ -s "$folder/lifeops-migrate.patch" ]]; then echo "patch=$folder/lifeops-migrate.patch"; else echo "patch="; fi
  echo "code=$code"
} >>"$GITHUB_OUTPUT"
