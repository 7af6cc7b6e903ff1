#!/usr/bin/env bash
# Builds what bin/snapfs starts, unless it is newer than every source.
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/.."

# The last thing that a build makes, and makes anew each time.
made=tools/target/startup
if [ -d $made ] &&
  [ -z "$(find ./pom.xml ./*/pom.xml ./*/src/main bin tools/*.sh -type f -newer $made -print -quit)" ]; then
  exit 0
fi
mvn -B -ntp -q -pl tools -am package -DskipTests
