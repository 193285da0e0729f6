"""Refusing a model that is not supported: by what it is, with what is nearest to it.

A model is named by its kind, as far as its name or its fields give that away. The
family nearest to it is found by the fields that the two share in kind, not by spelling.
"""

from collections.abc import Collection, Mapping
from typing import NoReturn

from dsv3.architecture.values import ConfigError, refuse

KINDS: Mapping[str, tuple[str, ...]] = {
    "an encoder, which generates no text": (
        *("bert", "roberta", "distilbert", "electra", "deberta", "albert", "mpnet"),
        *("modernbert", "xlm-roberta", "camembert", "nomic_bert", "longformer", "esm"),
        *("ernie_m", "layoutlm", "new", "eurobert", "xlnet", "funnel", "squeezebert"),
        *("xlm", "big_bird", "nystromformer", "roformer", "gte", "jina", "splinter"),
    ),
    "an encoder with a decoder": (
        *("t5", "mt5", "umt5", "longt5", "bart", "mbart", "marian", "pegasus", "led"),
        *("m2m_100", "t5gemma", "prophetnet", "blenderbot", "switch_transformers"),
        *("nllb", "fsmt", "bigbird_pegasus", "encoder-decoder", "ul2", "mvp", "plbart"),
    ),
    "a model of speech": (
        *("whisper", "wav2vec2", "hubert", "speecht5", "seamless", "bark", "moonshine"),
        *("musicgen", "encodec", "clap", "parakeet", "vits", "unispeech", "wavlm"),
        *("speech_to_text", "data2vec-audio", "mimi", "dac", "audio-spectrogram"),
    ),
    "a vision model": (
        *("vit", "clip", "siglip", "dino", "swin", "sam", "convnext", "resnet", "deit"),
        *("beit", "segformer", "detr", "mask2former", "maskformer", "yolos", "depth"),
        *("dpt", "vilt", "blip", "owlvit", "mobilenet", "efficientnet", "trocr", "pvt"),
        *("mobilevit", "regnet", "levit", "donut", "hiera", "timm", "ijepa", "rt_detr"),
    ),
    "a state-space model, without attention": (
        *("mamba", "falcon_mamba", "rwkv", "codestral_mamba", "hyena", "ssm"),
        *("xlstm", "retnet", "s4"),
    ),
    "a hybrid of state-space layers and attention": (
        *("jamba", "zamba", "bamba", "granitemoehybrid", "falcon_h1", "hymba", "plamo"),
        *("recurrent_gemma", "lfm2", "minimax", "samba", "phi4flash", "bailing_hybrid"),
    ),
    "a diffusion model": (
        *("diffusion", "unet", "stable", "flux", "sdxl", "llada", "dream", "dit"),
        *("sedd", "mdlm", "pixart", "latent"),
    ),
    "a model of time series or of actions": (
        *("timesfm", "informer", "autoformer", "patchtst", "decision_transformer"),
    ),
}
"""Kinds that are not counted, with the beginnings of their models' names."""

NOT_BY_PREFIX = ("dit", "sam", "new", "esm", "xlm", "gte", "s4", "led", "mvp", "pvt")
"""Names too short to be the beginning of another: they are matched whole or before a
mark."""

HINTS: tuple[tuple[str, str], ...] = (
    ("_diffusers_version", "a diffusion model"),
    ("ssm_cfg", "a state-space model, without attention"),
    ("mask_ratio", "a vision model"),
    ("image_size", "a vision model"),
    ("is_encoder_decoder", "an encoder with a decoder"),
    ("type_vocab_size", "an encoder, which generates no text"),
    ("mamba_d_state", "a hybrid of state-space layers and attention"),
    ("state_size", "a state-space model, without attention"),
    ("cross_attention_layers", "a decoder with cross-attention to images"),
)
"""Fields that give a kind away, the surest first."""

ARCHITECTURES: tuple[tuple[str, str], ...] = (
    ("ForMaskedLM", "an encoder, which generates no text"),
    ("ForConditionalGeneration", "a model of several kinds of input"),
    ("ForImageClassification", "a vision model"),
    ("ForCTC", "a model of speech"),
)
"""Endings of class names that give a kind away."""

DECODER = "a decoder of a family that is not read"

WAY_OUT = 'or type its sizes: --config \'{"model_type": "%s", ...}\''
"""What a reader can do who knows the sizes."""


def refuse_kind(config: Mapping[str, object], known: Collection[str]) -> NoReturn:
    """Refuse a config of no known family, by its kind, and name the nearest family.

    Examples
    --------
    >>> refuse_kind({"model_type": "bert"}, ["llama"])
    Traceback (most recent call last):
        ...
    dsv3.architecture.values.ConfigError: model_type is 'bert': not supported, it is \
an encoder, which generates no text; only decoders of text are counted
    """
    kind = kind_of(config)
    if "model_type" not in config:
        message = "model_type is missing: it names the family of the model"
        if kind != DECODER:
            message += f"; this looks like {kind}"
        raise ConfigError(message)
    if kind != DECODER:
        rule = f"not supported, it is {kind}; only decoders of text are counted"
        if "hybrid" in kind:
            near = "nemotron_h" if "nemotron_h" in known else "llama"
            rule = f"not supported, it is {kind}; nearest: {near}, {WAY_OUT % near}"
        refuse("model_type", config["model_type"], rule)
    near = nearest_family(config)
    way = WAY_OUT % near
    rule = f"not supported; nearest by its layers: {near}, {way}"
    refuse("model_type", config["model_type"], rule)


def kind_of(config: Mapping[str, object]) -> str:
    """Return what a model is, by its name and fields; `DECODER` if nothing says.

    Examples
    --------
    >>> kind_of({"model_type": "t5gemma"}), kind_of({"model_type": "olmo9"})
    ('an encoder with a decoder', 'a decoder of a family that is not read')
    """
    named = config.get("model_type", config.get("_class_name", ""))
    name = named.lower() if isinstance(named, str) else ""
    found = [
        (len(start), kind)
        for kind, starts in KINDS.items()
        for start in starts
        if _begins(name, start)
    ]
    if found:
        return max(found)[1]
    for field, kind in HINTS:
        if config.get(field):
            return kind
    classes = config.get("architectures")
    names = classes if isinstance(classes, list) else []
    for ending, kind in ARCHITECTURES:
        if any(isinstance(one, str) and one.endswith(ending) for one in names):
            return kind
    return DECODER


def _begins(name: str, start: str) -> bool:
    if not name.startswith(start):
        return False
    after = name[len(start) :]
    return start not in NOT_BY_PREFIX or not after or after[0] in "-_0123456789"


NEAREST: tuple[tuple[frozenset[str], str], ...] = tuple(
    (frozenset(fields.split()), family)
    for fields, family in (
        ("linear_attn_config", "kimi_linear"),
        ("linear_num_value_heads", "qwen3_next"),
        ("hybrid_override_pattern", "nemotron_h"),
        ("o_lora_rank", "deepseek_v4"),
        ("kv_lora_rank index_topk", "deepseek_v32"),
        ("kv_lora_rank", "deepseek_v3"),
        ("shared_expert_intermediate_size", "qwen2_moe"),
        ("n_routed_experts n_shared_experts", "glm4_moe"),
        ("num_experts num_shared_experts", "glm4_moe"),
        ("num_experts num_shared_expert", "hunyuan_v1_moe"),
        ("moe_num_experts", "ernie4_5_moe"),
        ("num_experts moe_intermediate_size", "qwen3_moe"),
        ("n_routed_experts", "qwen3_moe"),
        ("num_experts", "mixtral"),
        ("num_local_experts", "mixtral"),
        ("query_pre_attn_scalar", "gemma3_text"),
        ("sliding_window", "mistral"),
        ("attention_bias", "qwen2"),
        ("", "llama"),
    )
)
"""Families by fields that only such models have, the most telling first."""


def nearest_family(config: Mapping[str, object]) -> str:
    """Return the family whose layers a config's fields are most like.

    Examples
    --------
    >>> nearest_family({"kv_lora_rank": 512, "n_routed_experts": 8})
    'deepseek_v3'
    >>> nearest_family({"num_experts": 8, "sliding_window": 128})
    'mixtral'
    >>> nearest_family({"hidden_size": 8})
    'llama'
    """
    has = {name for name, value in config.items() if value not in (None, False, 0, [])}
    listed = config.get("layer_types")
    if isinstance(listed, list) and "linear_attention" in listed:
        has.add("linear_num_value_heads")
    return next(family for fields, family in NEAREST if fields <= has)
