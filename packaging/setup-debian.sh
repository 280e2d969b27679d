#!/usr/bin/env bash
# Installs what Lares needs on Debian 12 or newer, from Debian's own packages; the one list of them all.
#   packaging/setup-debian.sh run    what building and running the program needs
#   packaging/setup-debian.sh test   that, and what the tests and checks need
# Does nothing, quickly, where everything is there. Needs root or sudo only when something is missing.
set -euo pipefail

build=(
  g++ cmake ninja-build ccache pkg-config
  qt6-base-dev qt6-declarative-dev qt6-declarative-dev-tools qt6-svg-dev       # window
  libvulkan-dev glslc spirv-tools                                              # compute shaders
  libsqlite3-dev libsqlitecpp-dev                                              # the store
  libssl-dev                                                                   # SHA-256 of downloads
  libpcre2-dev nlohmann-json3-dev libmd4c-dev                                  # tokenizers, JSON, Markdown
)
run=(
  qml6-module-qtqml qml6-module-qtqml-models qml6-module-qtqml-workerscript
  qml6-module-qtquick qml6-module-qtquick-window qml6-module-qtquick-layouts
  qml6-module-qtquick-controls qml6-module-qtquick-templates
  qml6-module-qtquick-dialogs qml6-module-qt-labs-folderlistmodel qml6-module-qt-labs-qmlmodels
  qt6-wayland
  ca-certificates                                                              # whom to believe on the network
  mesa-vulkan-drivers                                                          # drivers, and software Vulkan where there is no GPU
  fonts-inter fonts-jetbrains-mono
)
test=(
  vulkan-validationlayers                                                      # every message of theirs fails a test
  qml6-module-qttest qt6-base-private-dev
  clang clang-format clang-tidy libclang-rt-14-dev                             # checks, fuzzers
  python3-minimal python3-numpy xz-utils                                       # reference models and vocabularies
  xvfb xauth dbus
)

case "${1:-}" in
  run) wanted=("${build[@]}" "${run[@]}") ;;
  test) wanted=("${build[@]}" "${run[@]}" "${test[@]}") ;;
  *) echo "usage: $0 run|test" >&2; exit 2 ;;
esac

if ! command -v dpkg-query >/dev/null; then
  echo "This set-up is for Debian 12 and its relatives. Elsewhere, install what these stand for: ${wanted[*]}" >&2
  exit 1
fi
mapfile -t missing < <(comm -23 <(printf '%s\n' "${wanted[@]}" | sort -u) \
  <(dpkg-query -W -f '${db:Status-Status} ${Package}\n' "${wanted[@]}" 2>/dev/null | sed -n 's/^installed //p' | sort -u))
[ "${#missing[@]}" -eq 0 ] && exit 0

as_root=()
if [ "$(id -u)" -ne 0 ]; then
  if ! command -v sudo >/dev/null; then
    echo "These packages are missing, and only root can install them (there is no sudo): ${missing[*]}" >&2
    exit 1
  fi
  as_root=(sudo)
fi
echo "Installing ${#missing[@]} packages: ${missing[*]}" >&2
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get update -qq
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >&2
