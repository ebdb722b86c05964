"""llama-server for machines that have none: the server inside the xllamacpp wheel, behind llama-server's own flags.

The wheel holds the complete HTTP server of llama.cpp as a library. This program fills in its parameters the way
llama.cpp's common/arg.cpp does, so that whoever starts it need not know which of the two it is. Flags are spelled and
refused as there: `--flag value` only, never `--flag=value`.

Two things are added: one line `llama-server: listening on ADDRESS` for each address on stderr once requests are
answered (with `--port 0` the only way to learn the port), and the process ends when the one that started it does.
"""

import csv
import os
import select
import signal
import sys
import threading

PROGRAM = "llama-server"


class Refused(Exception):
    """A command line that llama-server would not start with."""


# Values, as llama.cpp reads them


def switch(text):
    if text in ("on", "enabled", "true", "1"):
        return True
    if text in ("off", "disabled", "false", "0"):
        return False
    raise ValueError("invalid boolean value")


def items(text):
    """The comma-separated values of one argument; a value with a comma is written in double quotes."""
    return [item.strip() for item in next(csv.reader([text]), []) if item.strip()]


def contents(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def directory(path):
    if not os.path.isdir(path):
        raise ValueError(f"not a directory: {path}")
    return path if path.endswith("/") else path + "/"


def at_least(minimum, maximum=None):
    def read(text):
        value = int(text)
        if value < minimum or (maximum is not None and value > maximum):
            raise ValueError("invalid value")
        return value

    return read


def threads(text):
    value = int(text)
    return value if value > 0 else os.cpu_count()


def layers(text):
    return {"auto": -1, "all": -2}.get(text) or int(text)


def scaled(text):
    parts = text.split(":")
    if len(parts) != 2:
        raise ValueError("expected FNAME:SCALE")
    return parts[0], float(parts[1])


def member(enumeration, prefix, names=None):
    """Reads a name such as `q8_0` as the member GGML_TYPE_Q8_0 of one of the wheel's enumerations."""

    def read(text):
        import xllamacpp

        key = (names or {}).get(text, text)
        if names is not None and text not in names:
            raise ValueError(f"unknown value: '{text}'")
        value = getattr(getattr(xllamacpp, enumeration), prefix + key.upper().replace("-", "_"), None)
        if value is None:
            raise ValueError(f"unknown value: '{text}'")
        return value

    return read


def words(*names):
    return {name: name for name in names}


KV_TYPES = ("f32", "f16", "bf16", "q8_0", "q4_0", "q4_1", "iq4_nl", "q5_0", "q5_1")
KV_TYPE = member("ggml_type", "GGML_TYPE_", words(*KV_TYPES))
SPECULATION = (
    "none",
    "draft-simple",
    "draft-eagle3",
    "draft-mtp",
    "draft-dflash",
    "draft-dspark",
    "ngram-simple",
    "ngram-map-k",
    "ngram-map-k4v",
    "ngram-mod",
    "ngram-cache",
)
POOLING = member("llama_pooling_type", "LLAMA_POOLING_TYPE_", words("none", "mean", "cls", "last", "rank"))
SWITCH_NAMES = {
    name: state
    for state, names in {
        "enabled": ("on", "enabled", "true", "1"),
        "disabled": ("off", "disabled", "false", "0"),
        "auto": ("auto", "-1"),
    }.items()
    for name in names
}

# What an option does to the parameters


def put(path, convert=str):
    """Sets the parameter at a dotted path, for instance `speculative.draft.n_max`."""
    *owners, name = path.split(".")

    def apply(params, text):
        target = params
        for owner in owners:
            target = getattr(target, owner)
        setattr(target, name, convert(text))

    return apply


def sampling(name, convert, config=None):
    """Sets a sampling default and notes that the user chose it, so that the model's own default does not replace it."""

    def apply(params, text):
        import xllamacpp

        setattr(params.sampling, name, convert(text))
        if config:
            flags = xllamacpp.common_params_sampling_config
            params.sampling.user_sampling_config |= int(
                getattr(flags, "COMMON_PARAMS_SAMPLING_CONFIG_" + config)
            )

    return apply


def context_size(params, text):
    params.n_ctx = int(text)
    if params.n_ctx == 0:
        params.fit_params_min_ctx = -1  # the whole context of the model: do not reduce it to what fits


def parallel(params, text):
    value = int(text)
    if value == 0:
        raise ValueError("error: invalid value for n_parallel")
    params.n_parallel = value


def hosts(params, text):
    params.hostnames = items(text)
    if not params.hostnames:
        raise ValueError("--host requires at least one address")


def add_lora(convert):
    def apply(params, text):
        import xllamacpp

        added = [xllamacpp.CommonAdapterLoraInfo(*convert(item)) for item in items(text)]
        params.lora_adapters = list(params.lora_adapters) + added

    return apply


def reranking(params, _):
    params.embedding = True
    params.pooling_type = POOLING("rank")


def timeouts(params, text):
    params.timeout_read = params.timeout_write = int(text)


def speculation(params, text):
    kind = member("common_speculative_type", "COMMON_SPECULATIVE_TYPE_", words(*SPECULATION))
    kinds = [kind(name) for name in text.split(",")]
    params.speculative.types = list(params.speculative.types) + kinds


def speculation_default(params, _):
    speculation(params, "ngram-mod")
    mod = params.speculative.ngram_mod
    mod.n_match, mod.n_min, mod.n_max = 24, 48, 64


def template_argument(name):
    """Sets a default argument of the chat template; llama.cpp keeps these as JSON texts."""

    def apply(params, value):
        arguments = dict(params.default_template_kwargs)
        arguments[name] = value if isinstance(value, str) else str(bool(value)).lower()
        params.default_template_kwargs = arguments

    return apply


def template_arguments(params, text):
    import json

    arguments = dict(params.default_template_kwargs)
    arguments.update({key: json.dumps(value) for key, value in json.loads(text).items()})
    params.default_template_kwargs = arguments


def reasoning(params, text):
    states = {"enabled": 1, "disabled": 0, "auto": -1}
    if text not in SWITCH_NAMES:
        raise ValueError(f"error: unknown value for --reasoning: '{text}'")
    params.enable_reasoning = states[SWITCH_NAMES[text]]
    if params.enable_reasoning >= 0:
        template_argument("enable_thinking")(params, params.enable_reasoning)


def append(path, convert=items):
    def apply(params, text):
        setattr(params, path, list(getattr(params, path)) + convert(text))

    return apply


def missing(what):
    """An option of llama-server that the library has no parameter for: refused with a reason, and not in the help."""

    def apply(params, *values):
        raise Refused(f"{what} cannot be set in this engine; `scripts/start --native` builds one that can")

    return apply


# The table: spellings, negated spellings, value name ("" for none), what it is, what it does


class Option:
    def __init__(self, names, value, text, apply, negated=(), count=None, hidden=False):
        self.names, self.value, self.text, self.apply, self.negated = names, value, text, apply, negated
        self.count = count if count is not None else (1 if value else 0)
        self.hidden = hidden


def flag(names, path, text, negated=(), inverted=False):
    def apply(params, on):
        put(path, bool)(params, on != inverted)

    return Option(names, "", text, apply, negated)


def ngram(kind):
    name = "spec-ngram-" + kind
    field = "speculative.ngram_" + kind.replace("-", "_")
    size = at_least(1, 1024)
    return [
        Option([f"--{name}-size-n"], "N", "length of the lookup n-gram", put(field + ".size_n", size)),
        Option([f"--{name}-size-m"], "M", "length of the draft", put(field + ".size_m", size)),
        Option([f"--{name}-min-hits"], "N", "occurrences before it drafts", put(field + ".min_hits", at_least(1))),
    ]


OPTIONS = [
    Option(["-m", "--model"], "FNAME", "model to load", put("model.path")),
    Option(["-a", "--alias"], "STRING", "names of the model, comma-separated", append("model_alias")),
    Option(["--tags"], "STRING", "tags of the model, comma-separated", append("model_tags")),
    Option(["--host"], "HOST", "addresses to listen on, comma-separated; one that ends in .sock is a socket", hosts),
    Option(["--port"], "PORT", "port to listen on; 0: a free one", put("port", int)),
    flag(["--reuse-port"], "reuse_port", "share the port with other processes"),
    Option(["--api-prefix"], "PREFIX", "prefix of every path", put("api_prefix")),
    Option(["--api-key"], "KEY", "keys to accept, comma-separated", append("api_keys")),
    Option(
        ["--api-key-file"],
        "FNAME",
        "file of keys to accept, one a line",
        append("api_keys", lambda path: [key for key in contents(path).splitlines() if key and key[0] != "#"]),
    ),
    Option(["--ssl-key-file"], "FNAME", "PEM file of the private key", put("ssl_file_key")),
    Option(["--ssl-cert-file"], "FNAME", "PEM file of the certificate", put("ssl_file_cert")),
    Option(["-to", "--timeout"], "N", "read and write time limit in seconds", timeouts),
    Option(["--threads-http"], "N", "threads that serve HTTP", put("n_threads_http", int)),
    Option(["--sse-ping-interval"], "N", "seconds of silence before a comment", put("sse_ping_interval", int)),
    flag(["--ui", "--webui"], "ui", "serve the web page", ["--no-ui", "--no-webui"]),
    flag(["--metrics"], "endpoint_metrics", "answer GET /metrics"),
    flag(["--props"], "endpoint_props", "answer POST /props"),
    flag(["--slots"], "endpoint_slots", "answer GET /slots", ["--no-slots"]),
    Option(["--slot-save-path"], "PATH", "directory of saved slots", put("slot_save_path", directory)),
    Option(["--media-path"], "PATH", "directory of file:// media", put("media_path", directory)),
    # context and slots
    Option(["-c", "--ctx-size"], "N", "context size; 0: the model's", context_size),
    Option(["-np", "--parallel"], "N", "slots; -1: four that share the context", parallel),
    flag(["-kvu", "--kv-unified"], "kv_unified", "one KV buffer for all slots", ["-no-kvu", "--no-kv-unified"]),
    Option(["--kv-unified-per-slot"], "N", "context a slot may use", put("kv_unified_per_slot", int)),
    flag(["-cb", "--cont-batching"], "cont_batching", "continuous batching", ["-nocb", "--no-cont-batching"]),
    Option(
        ["-sps", "--slot-prompt-similarity"],
        "N",
        "similarity to reuse a slot",
        put("slot_prompt_similarity", float),
    ),
    flag(["--cache-prompt"], "cache_prompt", "reuse the slot's prompt", ["--no-cache-prompt"]),
    Option(["--cache-reuse"], "N", "smallest chunk to reuse by shifting", put("n_cache_reuse", int)),
    Option(["-cram", "--cache-ram"], "N", "MiB of prompts kept in memory; 0: none", put("cache_ram_mib", int)),
    flag(["--cache-idle-slots"], "cache_idle_slots", "move idle slots to memory", ["--no-cache-idle-slots"]),
    flag(["--context-shift"], "ctx_shift", "shift a full context", ["--no-context-shift"]),
    flag(["--swa-full"], "swa_full", "full-size KV of sliding-window layers"),
    Option(
        ["-ctxcp", "--ctx-checkpoints", "--swa-checkpoints"], "N", "checkpoints a slot", put("n_ctx_checkpoints", int)
    ),
    Option(
        ["-cms", "--checkpoint-min-step"],
        "N",
        "tokens between checkpoints",
        put("checkpoint_min_step", at_least(0)),
    ),
    Option(
        ["-ctk", "--cache-type-k"],
        "TYPE",
        f"KV type of K; allowed values: {', '.join(KV_TYPES)}",
        put("cache_type_k", KV_TYPE),
    ),
    Option(
        ["-ctv", "--cache-type-v"],
        "TYPE",
        f"KV type of V; allowed values: {', '.join(KV_TYPES)}",
        put("cache_type_v", KV_TYPE),
    ),
    Option(
        ["-fa", "--flash-attn"],
        "[on|off|auto]",
        "flash attention",
        put("flash_attn_type", member("llama_flash_attn_type", "LLAMA_FLASH_ATTN_TYPE_", SWITCH_NAMES)),
    ),
    Option(["-b", "--batch-size"], "N", "logical batch size", put("n_batch", int)),
    Option(["-ub", "--ubatch-size"], "N", "physical batch size", put("n_ubatch", int)),
    Option(["--keep"], "N", "tokens kept by a shift", put("n_keep", int)),
    Option(["-t", "--threads"], "N", "threads of decode", put("cpuparams.n_threads", threads)),
    Option(["-tb", "--threads-batch"], "N", "threads of prefill", put("cpuparams_batch.n_threads", threads)),
    flag(["--warmup"], "warmup", "run once before serving", ["--no-warmup"]),
    # model and devices
    Option(["-ngl", "--gpu-layers", "--n-gpu-layers"], "N", "layers on the GPU", put("n_gpu_layers", layers)),
    Option(["-mg", "--main-gpu"], "N", "GPU to use", put("main_gpu", int)),
    flag(["-kvo", "--kv-offload"], "no_kv_offload", "KV on the GPU", ["-nkvo", "--no-kv-offload"], inverted=True),
    flag(["--repack"], "no_extra_bufts", "repack weights", ["-nr", "--no-repack"], inverted=True),
    Option(["-fit", "--fit"], "[on|off]", "fit the model into memory", put("fit_params", switch)),
    Option(
        ["-lm", "--load-mode"],
        "MODE",
        "how to read the model",
        put(
            "load_mode",
            member(
                "llama_load_mode",
                "LLAMA_LOAD_MODE_",
                {**words("auto", "none", "mmap", "mlock"), "mmap+mlock": "mmap_mlock", "dio": "direct_io"},
            ),
        ),
    ),
    Option(["--rope-freq-base"], "N", "RoPE base frequency", put("rope_freq_base", float)),
    Option(["--rope-freq-scale"], "N", "RoPE frequency scale", put("rope_freq_scale", float)),
    Option(["--rope-scale"], "N", "RoPE context scale", put("rope_freq_scale", lambda text: 1 / float(text))),
    Option(["--yarn-orig-ctx"], "N", "original context of YaRN", put("yarn_orig_ctx", int)),
    Option(["--lora"], "FNAME", "LoRA adapters, comma-separated", add_lora(lambda item: (item, 1.0))),
    Option(["--lora-scaled"], "FNAME:SCALE", "LoRA adapters with scale, comma-separated", add_lora(scaled)),
    flag(["--lora-init-without-apply"], "lora_init_without_apply", "load LoRA adapters with scale 0"),
    Option(["--control-vector"], "FNAME", "control vectors", missing("a control vector"), hidden=True),
    Option(["--control-vector-scaled"], "FNAME:SCALE", "control vectors", missing("a control vector"), hidden=True),
    Option(["--control-vector-layer-range"], "START END", "layers", missing("a control vector"), count=2, hidden=True),
    Option(["-mm", "--mmproj"], "FILE", "multimodal projector", put("mmproj.path")),
    flag(["--mmproj-auto"], "no_mmproj", "look for a projector", ["--no-mmproj", "--no-mmproj-auto"], inverted=True),
    flag(["--embedding", "--embeddings"], "embedding", "answer embeddings only"),
    Option(["--rerank", "--reranking"], "", "answer reranking", reranking),
    Option(
        ["--pooling"],
        "TYPE",
        "pooling of embeddings",
        put("pooling_type", POOLING),
    ),
    Option(["--embd-normalize"], "N", "norm of embeddings", put("embd_normalize", int)),
    # chat
    flag(["--jinja"], "use_jinja", "Jinja chat templates", ["--no-jinja"]),
    Option(["--chat-template"], "TEMPLATE", "chat template", put("chat_template")),
    Option(["--chat-template-file"], "FNAME", "file of the chat template", put("chat_template", contents)),
    Option(["--chat-template-kwargs"], "JSON", "arguments of the chat template", template_arguments),
    flag(["--skip-chat-parsing"], "force_pure_content_parser", "no parsing", ["--no-skip-chat-parsing"]),
    flag(["--prefill-assistant"], "prefill_assistant", "continue the last answer", ["--no-prefill-assistant"]),
    Option(
        ["--reasoning-format"],
        "FORMAT",
        "where reasoning goes",
        put(
            "reasoning_format",
            member(
                "common_reasoning_format",
                "COMMON_REASONING_FORMAT_",
                words("none", "auto", "deepseek", "deepseek-legacy"),
            ),
        ),
    ),
    Option(["-rea", "--reasoning"], "[on|off|auto]", "reasoning", reasoning),
    Option(["--reasoning-budget"], "N", "reasoning tokens", put("sampling.reasoning_budget_tokens", at_least(-1))),
    Option(["--reasoning-budget-message"], "TEXT", "said at its end", put("sampling.reasoning_budget_message")),
    Option(
        ["--reasoning-preserve"],
        "",
        "keep earlier reasoning in the prompt",
        template_argument("preserve_reasoning"),
        ["--no-reasoning-preserve"],
    ),
    # sampling defaults
    Option(["-n", "--predict", "--n-predict"], "N", "tokens to generate", put("n_predict", int)),
    Option(["-s", "--seed"], "SEED", "random seed", sampling("seed", lambda text: int(text) & 0xFFFFFFFF)),
    Option(
        ["--temp", "--temperature"],
        "N",
        "temperature",
        sampling("temp", lambda text: max(float(text), 0.0), "TEMP"),
    ),
    Option(["--top-k"], "N", "top-k", sampling("top_k", int, "TOP_K")),
    Option(["--top-p"], "N", "top-p", sampling("top_p", float, "TOP_P")),
    Option(["--min-p"], "N", "min-p", sampling("min_p", float, "MIN_P")),
    Option(["--presence-penalty"], "N", "presence penalty", sampling("penalty_present", float)),
    Option(["--frequency-penalty"], "N", "frequency penalty", sampling("penalty_freq", float)),
    Option(["--repeat-penalty"], "N", "repeat penalty", sampling("penalty_repeat", float, "PENALTY_REPEAT")),
    flag(["--ignore-eos"], "sampling.ignore_eos", "go on after the end token"),
    # speculative decoding
    Option(["--spec-type"], ",".join(SPECULATION), "kinds of speculation, comma-separated", speculation),
    Option(["--spec-default"], "", "n-gram speculation with its defaults", speculation_default),
    Option(
        ["--spec-draft-model", "-md", "--model-draft"],
        "FNAME",
        "draft model",
        put("speculative.draft.mparams.path"),
    ),
    Option(["--spec-draft-n-max"], "N", "most tokens to draft", put("speculative.draft.n_max", at_least(0))),
    Option(["--spec-draft-n-min"], "N", "fewest tokens to draft", put("speculative.draft.n_min", int)),
    Option(["--spec-draft-p-min", "--draft-p-min"], "P", "least probability", put("speculative.draft.p_min", float)),
    Option(
        ["--spec-draft-p-split", "--draft-p-split"],
        "P",
        "split probability",
        put("speculative.draft.p_split", float),
    ),
    Option(
        ["--spec-draft-ngl", "-ngld", "--gpu-layers-draft", "--n-gpu-layers-draft"],
        "N",
        "draft layers on the GPU",
        put("speculative.draft.n_gpu_layers", layers),
    ),
    Option(
        ["--spec-draft-type-k", "-ctkd", "--cache-type-k-draft"],
        "TYPE",
        "KV type of the draft's K",
        put("speculative.draft.cache_type_k", KV_TYPE),
    ),
    Option(
        ["--spec-draft-type-v", "-ctvd", "--cache-type-v-draft"],
        "TYPE",
        "KV type of the draft's V",
        put("speculative.draft.cache_type_v", KV_TYPE),
    ),
    Option(
        ["--spec-draft-threads", "-td", "--threads-draft"],
        "N",
        "threads of the draft",
        put("speculative.draft.cpuparams.n_threads", threads),
    ),
    Option(
        ["--spec-ngram-mod-n-match"],
        "N",
        "length of the lookup",
        put("speculative.ngram_mod.n_match", at_least(1, 1024)),
    ),
    Option(
        ["--spec-ngram-mod-n-min"],
        "N",
        "fewest tokens to draft",
        put("speculative.ngram_mod.n_min", at_least(0, 1024)),
    ),
    Option(
        ["--spec-ngram-mod-n-max"],
        "N",
        "most tokens to draft",
        put("speculative.ngram_mod.n_max", at_least(0, 1024)),
    ),
    *ngram("simple"),
    *ngram("map-k"),
    *ngram("map-k4v"),
    Option(
        ["-lcs", "--lookup-cache-static"],
        "FNAME",
        "lookup cache",
        put("speculative.ngram_cache.lookup_cache_static"),
    ),
    Option(
        ["-lcd", "--lookup-cache-dynamic"],
        "FNAME",
        "lookup cache",
        put("speculative.ngram_cache.lookup_cache_dynamic"),
    ),
    # lifetime and log
    Option(["--sleep-idle-seconds"], "N", "unload after idling", put("sleep_idle_seconds", int)),
    Option(["-lv", "--verbosity", "--log-verbosity"], "N", "log level", put("verbosity", int)),
    Option(
        ["-v", "--verbose", "--log-verbose"],
        "",
        "log everything",
        lambda params, _: setattr(params, "verbosity", 0x7FFFFFFF),
    ),
]


# The command line


def parse(arguments, params):
    table = {name: (option, True) for option in OPTIONS for name in option.names}
    table.update({name: (option, False) for option in OPTIONS for name in option.negated})
    rest = list(arguments)
    while rest:
        name = rest.pop(0)
        if name.startswith("--"):
            name = name.replace("_", "-")
        if name not in table:
            raise Refused(f"error: invalid argument: {name}")
        option, positive = table[name]
        if len(rest) < option.count:
            raise Refused(f'error while handling argument "{name}": expected value for argument')
        values, rest = rest[: option.count], rest[option.count :]
        try:
            option.apply(params, *(values or [positive]))
        except (ValueError, TypeError, OverflowError, OSError) as error:
            raise Refused(f'error while handling argument "{name}": {error}\n\nusage:\n{usage(option)}') from error
    if not params.model.path:
        raise Refused("error: --model FNAME is required: this engine serves one model")


def usage(option):
    spellings = ", ".join(option.names + list(option.negated))
    left = f"{spellings} {option.value}".rstrip()
    return f"{left:<47} {option.text}" if len(left) < 47 else f"{left}\n{'':<47} {option.text}"


def defaults():
    import xllamacpp

    params = xllamacpp.CommonParams()
    params.port = 8080
    params.n_parallel = -1
    params.api_keys = items(os.environ.get("LLAMA_API_KEY", ""))
    params.default_template_kwargs = {"preserve_reasoning": "true"}
    return params


def version():
    import xllamacpp

    build = xllamacpp.__version__.rpartition(".")[2]
    info = xllamacpp.BUILD_INFO
    print(f"version: xllamacpp {xllamacpp.__version__} (build {build}, commit {info['commit']})", file=sys.stderr)
    print(f"built with {info['compiler']} for {info['build_target']}", file=sys.stderr)


# The process


def say(line):
    os.write(2, f"{PROGRAM}: {line}\n".encode())


def end_with_parent():
    """Ends this process when its parent ends. PR_SET_PDEATHSIG would not do: it follows the parent's thread."""
    parent = os.getppid()
    if parent <= 1:
        return

    def watch():
        try:
            if hasattr(os, "pidfd_open"):
                waiting = select.poll()
                waiting.register(os.pidfd_open(parent), select.POLLIN)
                if os.getppid() == parent:
                    waiting.poll()
            else:
                queue = select.kqueue()
                event = select.kevent(parent, select.KQ_FILTER_PROC, select.KQ_EV_ADD, select.KQ_NOTE_EXIT)
                if os.getppid() == parent:
                    queue.control([event], 1)
        except ProcessLookupError:
            pass  # gone already
        except OSError:
            return
        os._exit(0)

    threading.Thread(target=watch, daemon=True).start()


def addresses(params, first):
    """Every address as one line each; the library tells the first one only, and all share its port."""
    port = first.rpartition(":")[2] if not first.startswith("unix:") else params.port
    scheme = "https" if params.ssl_file_key and params.ssl_file_cert else "http"
    for host in params.hostnames:
        if host.endswith(".sock"):
            yield f"unix:{host}"
        else:
            yield f"{scheme}://{f'[{host}]' if ':' in host else host}:{port}"


def serve(params):
    import xllamacpp

    # A port first: with `--port 0`, its address is what tells the chosen number.
    params.hostnames = sorted(params.hostnames, key=lambda host: host.endswith(".sock"))
    # While the model loads Python runs no handler, so until then the system's default applies: the process ends.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    end_with_parent()
    try:
        server = xllamacpp.Server(params)
    except Exception as error:
        say(f"error: cannot serve {params.model.path}; the lines above say why ({error})")
        return 1
    stopped, wake = os.pipe()
    os.set_blocking(wake, False)
    signal.set_wakeup_fd(wake)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: None)
    for address in addresses(params, server.listening_address):
        say(f"listening on {address}")
    os.read(stopped, 1)
    os._exit(0)  # the library would first wait for every connection


def main(arguments):
    if any(argument in ("-h", "--help", "--usage") for argument in arguments):
        print(f"usage: {PROGRAM} -m FNAME [options]\n")
        print("\n".join(usage(option) for option in OPTIONS if not option.hidden))
        return 0
    if "--version" in arguments:
        version()
        return 0
    try:
        params = defaults()
        parse(arguments, params)
    except Refused as error:
        print(error, file=sys.stderr)
        return 1
    except ImportError as error:
        say(f"error: the xllamacpp package does not load: {error}")
        return 1
    return serve(params)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
