#!/bin/sh
# rule_coverage.sh: lists the rules of test/fixtures/rules.txt that no test
# names, and fails when there is one.  Run from the project's root.
set -eu
missing=0
total=0
untested=0
while read -r rule why; do
	case $rule in '' | '#'*) continue ;; esac
	total=$((total + 1))
	if grep -rqwF -- "$rule" test/unit test/sql test/fixtures/cases.jsonl test/fixtures/validation_cases.jsonl; then
		continue
	fi
	if [ -n "$why" ]; then
		untested=$((untested + 1))
		continue
	fi
	echo "no test names $rule"
	missing=$((missing + 1))
done <test/fixtures/rules.txt
echo "rules: $total, without a test because they decide nothing: $untested, without a test: $missing"
[ "$missing" -eq 0 ]
