#!/usr/bin/env bash
# Builds what bin/snapfs starts, unless the jar is newer than every source.
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/.."

jar=$(find tools/target -maxdepth 1 -name 'snapfs-tools-*.jar' -print -quit 2>/dev/null || true)
if [ -n "$jar" ] && [ -z "$(find ./pom.xml ./*/pom.xml ./*/src/main -type f -newer "$jar" -print -quit)" ]; then
  exit 0
fi
mvn -B -ntp -q -pl tools -am package -DskipTests
touch tools/target/snapfs-tools-*.jar # Maven leaves a jar alone whose content stays the same
