#include "sampler.h"

namespace keeplight {

namespace {

/** Tokens that count as said just now. */
const int32_t RECENT = 64;

std::string pieceOf(const llama_vocab * vocab, llama_token token) {
    char buffer[256];
    const int length = llama_token_to_piece(vocab, token, buffer, sizeof buffer, 0, false);
    if (length >= 0) return std::string(buffer, length);
    std::string piece(-length, '\0');
    llama_token_to_piece(vocab, token, piece.data(), -length, 0, false);
    return piece;
}

} // namespace

Sampler::Sampler(const llama_vocab * vocab, const SamplerOptions & options)
    : vocab(vocab), chain(llama_sampler_chain_init(llama_sampler_chain_default_params())) {
    const auto add = [this](llama_sampler * sampler) { llama_sampler_chain_add(chain, sampler); };
    if (options.repeatPenalty != 1.0f)
        add(llama_sampler_init_penalties(llama_vocab_n_tokens(vocab), RECENT, options.repeatPenalty, 0, 0));
    if (options.temperature <= 0) {
        add(llama_sampler_init_greedy());
        return;
    }
    add(llama_sampler_init_top_k(options.topK));
    add(llama_sampler_init_top_p(options.topP, 1));
    add(llama_sampler_init_temp(options.temperature));
    add(llama_sampler_init_dist(options.seed));
}

Sampler::~Sampler() { llama_sampler_free(chain); }

Sampled Sampler::take(llama_context * context) {
    Sampled sampled;
    sampled.token = llama_sampler_sample(chain, context, -1);
    sampled.end = llama_vocab_is_eog(vocab, sampled.token);
    sampled.piece = pieceOf(vocab, sampled.token);
    return sampled;
}

} // namespace keeplight
