"""Writes the tiny GGUF models of the test kit: `tiny_models.py DIRECTORY`.

The weights are random with a fixed seed, so tests assert on structure, never on words. Three things are not left to
chance, because agents depend on them:

* the last norm sees a constant, which the output layer uses as a bias: answers are printable ASCII and do not end by
  themselves, so a stream has as many tokens as were asked for;
* a character makes the next one of ASCII likely. At temperature 0 an answer counts on through the alphabet, the draft
  model mostly agrees with its target, and the text repeats itself as n-gram speculation needs it;
* three attention heads notice whether `<tools>`, `<tool_call>` and `<tool_response>` occur in the prompt. Offered
  tools and no call yet: the next token is `<tool_call>`. Inside a call: strings, arrays and objects are closed as
  soon as the grammar allows it. After a tool's response: plain text again.

The model that echoes has a fourth head, which notices the letters A to H: its answers consist of the letters its prompt
has, whatever else that says. So an answer shows which conversation it belongs to.

DIRECTORY must not exist; it is written under another name and renamed, so a reader sees all models or none.
"""

import os
import shutil
import sys

import gguf
import numpy as np

CONTEXT = 32768
MARKS = ["<tools>", "<tool_call>", "<tool_response>"]
PLAIN = MARKS + ["</tools>", "</tool_call>", "</tool_response>"]
CONTROL = [
    "<|endoftext|>",
    "<|im_start|>",
    "<|im_end|>",
    "<|fim_prefix|>",
    "<|fim_suffix|>",
    "<|fim_middle|>",
    "<|fim_pad|>",
    "<|repo_name|>",
    "<|file_sep|>",
]
MERGES = ["t h", "th e", "i n", "e r", "a n", "an d", "r e", "o n", "o r", "s t", "Ġ t", "Ġ a", "Ġt he"]

TEMPLATE = """\
{%- if tools %}
    {{- '<|im_start|>system\\n' }}
    {%- if messages[0].role == 'system' %}{{- messages[0].content + '\\n\\n' }}{%- endif %}
    {{- 'You may call these functions:\\n<tools>' }}
    {%- for tool in tools %}{{- '\\n' + (tool | tojson) }}{%- endfor %}
    {{- '\\n</tools><|im_end|>\\n' }}
{%- elif messages[0].role == 'system' %}
    {{- '<|im_start|>system\\n' + messages[0].content + '<|im_end|>\\n' }}
{%- endif %}
{%- for message in messages %}
    {%- if message.role == 'user' or (message.role == 'system' and not loop.first) %}
        {{- '<|im_start|>' + message.role + '\\n' + message.content + '<|im_end|>\\n' }}
    {%- elif message.role == 'assistant' %}
        {{- '<|im_start|>assistant\\n' + (message.content or '') }}
        {%- for call in message.tool_calls or [] %}
            {{- '<tool_call>{"name": "' + call.function.name + '", "arguments": ' }}
            {{- (call.function.arguments | tojson) + '}</tool_call>' }}
        {%- endfor %}
        {{- '<|im_end|>\\n' }}
    {%- elif message.role == 'tool' %}
        {{- '<|im_start|>user\\n<tool_response>\\n' + message.content + '\\n</tool_response><|im_end|>\\n' }}
    {%- endif %}
{%- endfor %}
{%- if add_generation_prompt %}{{- '<|im_start|>assistant\\n' }}{%- endif %}
"""


def byte_spelling():
    """GPT-2's spelling of the 256 bytes: printable ones as themselves, the others moved above U+0100."""
    kept = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    moved = iter(range(0x100, 0x200))
    return [chr(byte) if byte in kept else chr(next(moved)) for byte in range(256)]


BYTES = byte_spelling()
WORDS = ["".join(merge.split(" ")) for merge in MERGES]
TOKENS = BYTES + WORDS + PLAIN + CONTROL
IDS = {token: number for number, token in enumerate(TOKENS)}


def add_vocabulary(writer):
    kinds = [gguf.TokenType.NORMAL] * (256 + len(WORDS))
    kinds += [gguf.TokenType.USER_DEFINED] * len(PLAIN) + [gguf.TokenType.CONTROL] * len(CONTROL)
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("qwen2")
    writer.add_token_list(TOKENS)
    writer.add_token_types(kinds)
    writer.add_token_merges(MERGES)
    writer.add_bos_token_id(IDS["<|endoftext|>"])
    writer.add_eos_token_id(IDS["<|im_end|>"])
    writer.add_pad_token_id(IDS["<|endoftext|>"])
    writer.add_add_bos_token(False)
    for key, token in {
        "pre": "prefix",
        "suf": "suffix",
        "mid": "middle",
        "pad": "pad",
    }.items():
        writer.add_uint32(f"tokenizer.ggml.fim_{key}_token_id", IDS[f"<|fim_{token}|>"])
    writer.add_uint32("tokenizer.ggml.fim_rep_token_id", IDS["<|repo_name|>"])
    writer.add_uint32("tokenizer.ggml.fim_sep_token_id", IDS["<|file_sep|>"])


# Channels of the residual stream: 0 is the constant, then "this token is the mark", then "the mark was seen".
IS_MARK = range(1, 1 + len(MARKS))
SEEN = range(IS_MARK.stop, IS_MARK.stop + len(MARKS))
FREE = SEEN.stop
ONE = 4.0
FOLLOW = 0.5  # how strongly a character asks for the next
PRINTABLE = range(0x20, 0x7F)

# The model that echoes has two channels more for each of these: "this token is the letter", "the letter was seen".
LETTERS = range(ord("A"), ord("A") + 8)
IS_LETTER = range(FREE, FREE + len(LETTERS))
SEEN_LETTER = range(IS_LETTER.stop, IS_LETTER.stop + len(LETTERS))


def biases():
    """The logits' constant part, and what each seen mark adds to it: `(tokens, 1 + marks)`."""
    table = np.zeros((len(TOKENS), 1 + len(MARKS)), dtype=np.float32)
    table[:, 0] = -14
    table[PRINTABLE, 0] = 0
    table[[IDS[word] for word in WORDS], 0] = 0
    tools, call, response = (1 + index for index in range(len(MARKS)))
    table[IDS["<tool_call>"], [tools, call, response]] = 40, -60, -60
    closing = {'"': 44, "}": 32, "]": 28, "0": 24, "</tool_call>": 52, "<|im_end|>": 64}
    for token, weight in closing.items():
        table[IDS[token], [call, response]] = weight, -2 * weight
    return table


def begin(path, architecture, name, width, layers):
    writer = gguf.GGUFWriter(path, architecture)
    writer.add_name(name)
    writer.add_file_type(gguf.LlamaFileType.ALL_F32)
    writer.add_context_length(CONTEXT)
    writer.add_embedding_length(width)
    writer.add_block_count(layers)
    return writer


def add_text(writer):
    writer.add_vocab_size(len(TOKENS))
    add_vocabulary(writer)
    writer.add_chat_template(TEMPLATE)


def embedding(noise, width):
    table = noise(len(TOKENS), width, scale=0.5)
    table[:, :FREE] = 0
    table[:, 0] = ONE
    for mark, channel in zip(MARKS, IS_MARK):
        table[IDS[mark], channel] = ONE
    return table


def output(noise, embedded, width):
    table = noise(len(TOKENS), width, scale=0.2)
    for byte in PRINTABLE:
        table[byte + 1 if byte + 1 in PRINTABLE else PRINTABLE.start] += FOLLOW * embedded[byte]
    table[:, :FREE] = 0
    added = biases() / ONE
    table[:, 0] = added[:, 0]
    table[:, SEEN.start : SEEN.stop] = added[:, 1:]
    return table


def write_llama(path, name, width, layers, seed, echo=False):
    heads = 4
    head = width // heads
    inner = 2 * width
    fixed = SEEN_LETTER.stop if echo else FREE
    random = np.random.default_rng(seed)

    def noise(*shape, scale):
        return random.normal(0, scale, shape).astype(np.float32)

    writer = begin(path, "llama", name, width, layers)
    writer.add_feed_forward_length(inner)
    writer.add_head_count(heads)
    writer.add_head_count_kv(heads)
    writer.add_rope_dimension_count(head)
    writer.add_rope_freq_base(1_000_000.0)
    writer.add_layer_norm_rms_eps(1e-5)
    add_text(writer)

    embedded = embedding(noise, width)
    if echo:
        embedded[:, FREE:fixed] = 0
        embedded[LETTERS, IS_LETTER] = ONE
    writer.add_tensor("token_embd.weight", embedded)

    for layer in range(layers):
        prefix = f"blk.{layer}."
        query, key, value = (noise(width, width, scale=0.1) for _ in range(3))
        out = noise(width, width, scale=0.1)
        down = noise(width, inner, scale=0.05)
        for matrix in (query, key, value):
            matrix[:, :fixed] = 0
        out[:fixed] = down[:fixed] = 0
        if layer == 0:
            for index, (mark, seen) in enumerate(zip(IS_MARK, SEEN)):
                rows, probe = attend(query, key, value, out, index, head)
                query[probe, 0] = key[probe, mark] = 4
                value[rows[0], mark] = 0.2
                out[seen, rows[0]] = ONE
            if echo:
                rows, probe = attend(query, key, value, out, len(MARKS), head)
                query[probe, 0] = 4
                key[probe, IS_LETTER] = 4
                value[rows[: len(LETTERS)], IS_LETTER] = 0.2
                out[SEEN_LETTER, rows[: len(LETTERS)]] = ONE
        for tensor, data in {
            "attn_norm": np.ones(width, np.float32),
            "attn_q": query,
            "attn_k": key,
            "attn_v": value,
            "attn_output": out,
            "ffn_norm": np.ones(width, np.float32),
            "ffn_gate": noise(inner, width, scale=0.1),
            "ffn_up": noise(inner, width, scale=0.1),
            "ffn_down": down,
        }.items():
            writer.add_tensor(f"{prefix}{tensor}.weight", data)

    logits = output(noise, embedded, width)
    if echo:
        logits[:, FREE:fixed] = 0
        logits[LETTERS, SEEN_LETTER] = 2
    writer.add_tensor("output_norm.weight", np.ones(width, np.float32))
    writer.add_tensor("output.weight", logits)
    finish(writer)


def attend(query, key, value, out, index, head):
    """Empties an attention head. Its rows, and the one whose rotation is slowest: distance hardly changes its match."""
    rows = np.arange(index * head, (index + 1) * head)
    query[rows] = key[rows] = value[rows] = 0
    out[:, rows] = 0
    return rows, rows[-2]


def write_windowed(path, width, window, seed):
    """Three layers that see a window and one that sees everything, as OLMo 3 has them."""
    heads, layers, inner = 2, 4, 2 * width
    random = np.random.default_rng(seed)

    def noise(*shape, scale):
        return random.normal(0, scale, shape).astype(np.float32)

    writer = begin(path, "olmo2", "tinyswa", width, layers)
    writer.add_feed_forward_length(inner)
    writer.add_head_count(heads)
    writer.add_head_count_kv(heads)
    writer.add_rope_freq_base(1_000_000.0)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_sliding_window(window)
    add_text(writer)

    embedded = embedding(noise, width)
    writer.add_tensor("token_embd.weight", embedded)
    for layer in range(layers):
        after = np.full(width, 0.3, np.float32)
        after[:FREE] = 0
        for tensor, data in {
            "attn_q": noise(width, width, scale=0.3),
            "attn_k": noise(width, width, scale=0.3),
            "attn_v": noise(width, width, scale=0.3),
            "attn_q_norm": np.ones(width, np.float32),
            "attn_k_norm": np.ones(width, np.float32),
            "attn_output": noise(width, width, scale=0.3),
            "post_attention_norm": after,
            "ffn_gate": noise(inner, width, scale=0.2),
            "ffn_up": noise(inner, width, scale=0.2),
            "ffn_down": noise(width, inner, scale=0.2),
            "post_ffw_norm": after,
        }.items():
            writer.add_tensor(f"blk.{layer}.{tensor}.weight", data)
    writer.add_tensor("output_norm.weight", np.ones(width, np.float32))
    writer.add_tensor("output.weight", output(noise, embedded, width))
    finish(writer)


def write_recurrent(path, width, layers, seed):
    """Mamba: the state is one of fixed size a layer, which cannot be cut back to an earlier token."""
    inner, state, rank, kernel = 2 * width, 8, 4, 4
    random = np.random.default_rng(seed)

    def noise(*shape, scale):
        return random.normal(0, scale, shape).astype(np.float32)

    writer = begin(path, "mamba", "tinyssm", width, layers)
    writer.add_feed_forward_length(0)
    writer.add_head_count(0)
    writer.add_ssm_conv_kernel(kernel)
    writer.add_ssm_inner_size(inner)
    writer.add_ssm_state_size(state)
    writer.add_ssm_time_step_rank(rank)
    writer.add_layer_norm_rms_eps(1e-5)
    add_text(writer)

    embedded = embedding(noise, width)
    writer.add_tensor("token_embd.weight", embedded)
    for layer in range(layers):
        out = noise(width, inner, scale=0.2)
        out[:FREE] = 0
        for tensor, data in {
            "attn_norm.weight": np.ones(width, np.float32),
            "ssm_in.weight": noise(2 * inner, width, scale=0.2),
            "ssm_conv1d.weight": noise(inner, kernel, scale=0.5),
            "ssm_conv1d.bias": np.zeros(inner, np.float32),
            "ssm_x.weight": noise(rank + 2 * state, inner, scale=0.2),
            "ssm_dt.weight": noise(inner, rank, scale=0.2),
            "ssm_dt.bias": np.full(inner, -2, np.float32),
            "ssm_a": -np.tile(np.arange(1, state + 1, dtype=np.float32), (inner, 1)),
            "ssm_d": np.ones(inner, np.float32),
            "ssm_out.weight": out,
        }.items():
            writer.add_tensor(f"blk.{layer}.{tensor}", data)
    writer.add_tensor("output_norm.weight", np.ones(width, np.float32))
    writer.add_tensor("output.weight", output(noise, embedded, width))
    finish(writer)


def write_rank(path):
    width, inner, seed = 32, 64, 3
    random = np.random.default_rng(seed)
    writer = gguf.GGUFWriter(path, "bert")
    writer.add_name("tinyrank")
    writer.add_file_type(gguf.LlamaFileType.ALL_F32)
    writer.add_context_length(512)
    writer.add_embedding_length(width)
    writer.add_block_count(1)
    writer.add_feed_forward_length(inner)
    writer.add_head_count(2)
    writer.add_layer_norm_eps(1e-5)
    writer.add_causal_attention(False)
    writer.add_pooling_type(gguf.PoolingType.RANK)
    writer.add_token_type_count(2)
    add_vocabulary(writer)
    writer.add_add_eos_token(True)

    def add(name, *shape, weight=0.3):
        writer.add_tensor(name, random.normal(0, weight, shape).astype(np.float32))

    add("token_embd.weight", len(TOKENS), width)
    add("token_types.weight", 2, width)
    add("position_embd.weight", 512, width)
    for name in ("token_embd_norm", "blk.0.attn_output_norm", "blk.0.layer_output_norm"):
        writer.add_tensor(f"{name}.weight", np.ones(width, np.float32))
        writer.add_tensor(f"{name}.bias", np.zeros(width, np.float32))
    for name in ("attn_q", "attn_k", "attn_v", "attn_output"):
        add(f"blk.0.{name}.weight", width, width)
        add(f"blk.0.{name}.bias", width)
    add("blk.0.ffn_up.weight", inner, width)
    add("blk.0.ffn_up.bias", inner)
    add("blk.0.ffn_down.weight", width, inner)
    add("blk.0.ffn_down.bias", width)
    add("cls.weight", width, width)
    add("cls.bias", width)
    add("cls.output.weight", 1, width)
    add("cls.output.bias", 1)
    finish(writer)


def write_projector(path, target_width):
    """A vision tower for 56 x 56 pixels in patches of 14: 16 embeddings of the target's width."""
    width, inner, size, patch, seed = 32, 64, 56, 14, 4
    random = np.random.default_rng(seed)
    writer = gguf.GGUFWriter(path, "clip")
    writer.add_name("tinymm")
    writer.add_file_type(gguf.LlamaFileType.ALL_F32)
    writer.add_bool("clip.has_vision_encoder", True)
    writer.add_string("clip.projector_type", "mlp")
    writer.add_bool("clip.use_gelu", True)
    for key, value in {
        "image_size": size,
        "patch_size": patch,
        "embedding_length": width,
        "feed_forward_length": inner,
        "projection_dim": target_width,
        "block_count": 2,
        "attention.head_count": 2,
    }.items():
        writer.add_uint32(f"clip.vision.{key}", value)
    writer.add_float32("clip.vision.attention.layer_norm_epsilon", 1e-5)
    writer.add_array("clip.vision.image_mean", [0.5, 0.5, 0.5])
    writer.add_array("clip.vision.image_std", [0.5, 0.5, 0.5])

    def add(name, *shape):
        writer.add_tensor(name, random.normal(0, 0.2, shape).astype(np.float32))

    add("v.patch_embd.weight", width, 3, patch, patch)
    add("v.position_embd.weight", (size // patch) ** 2, width)
    for layer in range(2):
        for name in ("attn_q", "attn_k", "attn_v", "attn_out"):
            add(f"v.blk.{layer}.{name}.weight", width, width)
            add(f"v.blk.{layer}.{name}.bias", width)
        for name in ("ln1", "ln2"):
            writer.add_tensor(f"v.blk.{layer}.{name}.weight", np.ones(width, np.float32))
            writer.add_tensor(f"v.blk.{layer}.{name}.bias", np.zeros(width, np.float32))
        add(f"v.blk.{layer}.ffn_up.weight", inner, width)
        add(f"v.blk.{layer}.ffn_up.bias", inner)
        add(f"v.blk.{layer}.ffn_down.weight", width, inner)
        add(f"v.blk.{layer}.ffn_down.bias", width)
    add("mm.0.weight", target_width, width)
    add("mm.0.bias", target_width)
    projection = random.normal(0, 0.2, (target_width, target_width)).astype(np.float32)
    projection[:FREE] = 0
    bias = np.zeros(target_width, np.float32)
    bias[0] = ONE
    writer.add_tensor("mm.2.weight", projection)
    writer.add_tensor("mm.2.bias", bias)
    finish(writer)


def write_control_vector(path, width):
    writer = gguf.GGUFWriter(path, "controlvector")
    writer.add_string("controlvector.model_hint", "llama")
    writer.add_uint32("controlvector.layer_count", 1)
    direction = np.random.default_rng(5).normal(0, 0.2, width).astype(np.float32)
    direction[:FREE] = 0
    writer.add_tensor("direction.1", direction)
    finish(writer)


def write_adapter(path, width):
    """A LoRA adapter of rank 2 that leaves the marks' channels alone."""
    rank, random = 2, np.random.default_rng(10)
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_type("adapter")
    writer.add_name("tinylora")
    writer.add_string("adapter.type", "lora")
    writer.add_float32("adapter.lora.alpha", 4.0)
    inward = random.normal(0, 0.5, (rank, width)).astype(np.float32)
    outward = random.normal(0, 0.5, (width, rank)).astype(np.float32)
    outward[:FREE] = 0
    writer.add_tensor("blk.1.attn_output.weight.lora_a", inward)
    writer.add_tensor("blk.1.attn_output.weight.lora_b", outward)
    finish(writer)


def finish(writer):
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def main(directory):
    os.makedirs(os.path.dirname(directory), exist_ok=True)
    partial = f"{directory}.{os.getpid()}"
    os.makedirs(partial)
    try:
        write_llama(f"{partial}/tiny.gguf", "tiny", width=64, layers=2, seed=1)
        write_llama(f"{partial}/tinydraft.gguf", "tinydraft", width=32, layers=1, seed=2)
        # Another model with every byte of metadata in common: what a fine-tune is.
        write_llama(f"{partial}/tinytwin.gguf", "tiny", width=64, layers=2, seed=6)
        write_llama(f"{partial}/tinyecho.gguf", "tinyecho", width=64, layers=2, seed=7, echo=True)
        write_windowed(f"{partial}/tinyswa.gguf", width=32, window=64, seed=8)
        write_recurrent(f"{partial}/tinyssm.gguf", width=32, layers=6, seed=9)
        write_rank(f"{partial}/tinyrank.gguf")
        write_projector(f"{partial}/tinymm.gguf", target_width=64)
        write_control_vector(f"{partial}/tinycv.gguf", width=64)
        write_adapter(f"{partial}/tinylora.gguf", width=64)
        try:
            os.rename(partial, directory)
        except OSError:
            if not os.path.isdir(directory):
                raise
            # Another process was faster, with the same content.
    finally:
        shutil.rmtree(partial, ignore_errors=True)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: tiny_models.py DIRECTORY")
    main(os.path.abspath(sys.argv[1]))
