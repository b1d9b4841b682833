{
  "targets": [
    {
      "target_name": "quay_native",
      "sources": ["src/addon.cc", "src/turbojpeg.cc", "src/scanner.cc", "src/pinpad.cc"],
      "include_dirs": ["<!@(node -p \"require('node-addon-api').include\")"],
      "defines": ["NAPI_VERSION=8", "NAPI_CPP_EXCEPTIONS"],
      "cflags!": ["-fno-exceptions"],
      "cflags_cc!": ["-fno-exceptions", "-std=gnu++20"],
      "cflags_cc": ["-std=c++17", "-Wall", "-Wextra", "-Wno-cast-function-type", "-fvisibility=hidden"],
      "conditions": [
        ["OS=='linux'", { "sources": ["src/sane.cc"], "libraries": ["-ldl"] }],
        ["OS=='win'", { "sources": ["src/wia.cc", "src/spooler.cc"], "libraries": ["-lole32", "-loleaut32"] }]
      ]
    }
  ]
}
