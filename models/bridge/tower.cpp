#include "tower.h"

#include <algorithm>
#include <cmath>
#include <memory>

#include "failure.h"

namespace keeplight {

namespace {

/** Mean and standard deviation of each number of the tokens. */
class Pool {
  public:
    explicit Pool(int width) : width(width), sum(width, 0.0), squares(width, 0.0) {}

    void add(const float * tokens, size_t count) {
        for (size_t t = 0; t < count; t++)
            for (int d = 0; d < width; d++) {
                const double value = tokens[t * width + d];
                sum[d] += value;
                squares[d] += value * value;
            }
        all += count;
    }

    std::vector<float> features() const {
        std::vector<float> values(2 * (size_t) width);
        for (int d = 0; d < width; d++) {
            const double mean = sum[d] / all;
            values[d] = (float) mean;
            values[width + d] = (float) std::sqrt(std::max(0.0, squares[d] / all - mean * mean));
        }
        return values;
    }

  private:
    int width;
    size_t all = 0;
    std::vector<double> sum, squares;
};

} // namespace

Tower::Tower(llama_model * model, const TowerOptions & options) : width(llama_model_n_embd_inp(model)) {
    auto params = mtmd_context_params_default();
    params.use_gpu = options.useGpu;
    params.print_timings = false;
    params.n_threads = options.threads;
    params.warmup = false;
    if (options.exact) params.flash_attn_type = LLAMA_FLASH_ATTN_TYPE_DISABLED;
    if (options.mostTokens > 0) params.image_max_tokens = options.mostTokens;
    context = mtmd_init_from_file(options.file.c_str(), model, params);
    if (!context) fail("mmproj", takeComplaints());
    if (!mtmd_support_vision(context)) {
        mtmd_free(context);
        fail("mmproj", "it has no vision tower");
    }
}

Tower::~Tower() {
    if (chunks) mtmd_input_chunks_free(chunks);
    mtmd_free(context);
}

Seen Tower::look(const std::vector<uint8_t> & rgb, uint32_t pixelsWide, uint32_t pixelsHigh, bool keepAll,
                 const std::atomic<bool> & stopping) {
    lastParts.clear();
    if (chunks) mtmd_input_chunks_free(chunks);
    chunks = mtmd_input_chunks_init();
    std::unique_ptr<mtmd_bitmap, void (*)(mtmd_bitmap *)> bitmap(mtmd_bitmap_init(pixelsWide, pixelsHigh, rgb.data()),
                                                               mtmd_bitmap_free);
    mtmd_input_part part{nullptr, bitmap.get()};
    const mtmd_input_part * picture[] = {&part};
    if (mtmd_tokenize_from_parts(context, chunks, picture, 1, false) != 0)
        fail("input", "the picture cannot be prepared. " + takeComplaints());

    Seen seen;
    Pool pool(width);
    std::vector<Part> parts;
    for (size_t i = 0; i < mtmd_input_chunks_size(chunks); i++) {
        if (stopping.load()) fail("stopped", "stopped");
        const auto * chunk = mtmd_input_chunks_get(chunks, i);
        seen.positions += mtmd_input_chunk_get_n_pos(chunk);
        if (mtmd_input_chunk_get_type(chunk) == MTMD_INPUT_CHUNK_TYPE_TEXT) {
            size_t number = 0;
            const auto * ids = mtmd_input_chunk_get_tokens_text(chunk, &number);
            parts.push_back({chunk, {ids, ids + number}, {}});
            auto & where = seen.tokens == 0 ? seen.before : seen.after;
            where.insert(where.end(), ids, ids + number);
            continue;
        }
        if (mtmd_encode_chunk(context, chunk) != 0) fail("engine", "the vision tower failed. " + takeComplaints());
        const size_t count = mtmd_input_chunk_get_n_tokens(chunk);
        const float * output = mtmd_get_output_embd(context);
        parts.push_back({chunk, {}, {output, output + count * width}});
        if (keepAll) seen.all.insert(seen.all.end(), output, output + count * width);
        pool.add(output, count);
        seen.tokens += count;
    }
    if (seen.tokens == 0) fail("input", "the picture gave nothing to look at");
    seen.features = pool.features();
    lastParts = std::move(parts);
    return seen;
}

} // namespace keeplight
