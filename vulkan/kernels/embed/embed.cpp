// See embed.h.
#include "vulkan/kernels/embed/embed.h"

#include "vulkan/format_shaders.h"
#include "vulkan/kernels/common/grid.h"
#include "vulkan/kernels/embed/embed_params.h"

#include <cassert>

namespace lares::vulkan {

void recordEmbed(CommandList& commands, Device& device, const WeightMatrix& table, const EmbedArgs& args) {
    assert(args.tokens.size >= std::uint64_t{args.tokenCount} * 4);
    assert(args.out.size >= std::uint64_t{args.tokenCount} * table.columns * 4);
    const std::uint32_t chunks = divideUp(table.columns, kChunkElements);
    const Pipeline& pipeline =
        device.pipeline(*kFormatShaders[table.format->index].embed, {{workgroupSize(device.info(), chunks * 4)}});
    for (const WeightWindow& window : table.windows) {
        const EmbedParams params{window.firstRow, window.rowCount, table.format->packedRowBytes(table.columns) / 16,
                                 chunks,          table.columns,   args.scale};
        commands.dispatch(pipeline, {read(window.buffer), read(args.tokens), write(args.out)}, params,
                          {args.tokenCount, 1, 1});
    }
}

}  // namespace lares::vulkan
