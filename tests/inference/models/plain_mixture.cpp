#include "tests/inference/models/plain_mixture.h"

#include "vulkan/formats/formats.h"

#include <algorithm>
#include <cmath>
#include <complex>
#include <numbers>
#include <numeric>

namespace lares::tests {

namespace {

using Row = std::vector<double>;
using Rows = std::vector<Row>;

constexpr double kInfinity = std::numeric_limits<double>::infinity();

Row plus(Row a, const Row& b) {
    for (std::size_t i = 0; i < b.size(); ++i) a[i] += b[i];
    return a;
}

double dot(const Row& a, const Row& b) {
    return std::inner_product(a.begin(), a.end(), b.begin(), 0.0);
}

Row softmax(Row scores) {
    double total = 0;
    for (double& score : scores) total += score = std::exp(score);
    for (double& score : scores) score /= total;
    return scores;
}

class PlainMixture {
 public:
    PlainMixture(const inference::GgufFile& file, std::uint32_t heads)
        : m_file(file), m_heads(heads), m_phi(file.requireText("general.architecture") == "phimoe") {}

    Rows run(std::span<const inference::TokenId> tokens) const {
        const Rows embedding = matrix("token_embd.weight");
        Rows x;
        for (const inference::TokenId token : tokens) x.push_back(embedding.at(static_cast<std::size_t>(token)));
        for (std::size_t i = 0; i < integer("block_count"); ++i) layer(x, i);
        for (Row& row : x) row = normed(row, "output_norm");
        return linear(contains("output.weight") ? "output" : "token_embd", x);
    }

 private:
    std::string key(const std::string& name) const { return (m_phi ? "phimoe." : "gpt-oss.") + name; }
    std::size_t integer(const std::string& name) const { return m_file.requireInteger32(key(name)); }
    double real(const std::string& name, double absent) const {
        return m_file.contains(key(name)) ? m_file.requireReal(key(name)) : absent;
    }
    bool contains(const std::string& name) const { return m_file.find(name) != nullptr; }

    /// The matrices of several experts are one under the other.
    Rows matrix(const std::string& name) const {
        const inference::GgufTensor& tensor = *m_file.find(name);
        const vulkan::Format& format = *vulkan::formatByType(tensor.type);
        const std::vector<std::byte> bytes = m_file.read(tensor);
        std::vector<float> numbers(bytes.size() / format.blockBytes * format.blockElements);
        format.dequantize(bytes.data(), numbers.data(), bytes.size() / format.blockBytes);
        Rows rows;
        const auto width = static_cast<std::ptrdiff_t>(tensor.shape[0]);
        for (auto at = numbers.begin(); at != numbers.end(); at += width) rows.emplace_back(at, at + width);
        return rows;
    }
    Row vector(const std::string& name) const { return matrix(name).front(); }

    /// Of a layer: about the mean, and with a bias; or not, the root of the mean square.
    Row normed(const Row& x, const std::string& name) const {
        const auto count = static_cast<double>(x.size());
        const double mean = m_phi ? std::accumulate(x.begin(), x.end(), 0.0) / count : 0;
        const double spread = std::sqrt(dot(x, x) / count - mean * mean + real("attention.layer_norm_rms_epsilon", 0));
        Row out = vector(name + ".weight");
        for (std::size_t i = 0; i < x.size(); ++i) out[i] *= (x[i] - mean) / spread;
        return m_phi ? plus(out, vector(name + ".bias")) : out;
    }

    Rows linear(const std::string& name, const Rows& x) const {
        const Rows weight = matrix(name + ".weight");
        const Row bias = contains(name + ".bias") ? vector(name + ".bias") : Row();
        Rows out;
        for (const Row& row : x) {
            Row product;
            for (const Row& w : weight) product.push_back(dot(w, row));
            out.push_back(plus(product, bias));
        }
        return out;
    }

    /// By how much pair i of `pairs` turns at each position, YaRN included: pairs that turn more than 32 times over the
    /// original context keep their speed, those that turn less than once are slowed down, and in between both are mixed
    /// in proportion to the number of the pair.
    double speed(std::size_t i, std::size_t pairs) const {
        const double base = real("rope.freq_base", 10000), count = static_cast<double>(pairs);
        const double speed = std::pow(base, -static_cast<double>(i) / count);
        if (contains("rope_factors_short.weight")) return speed / vector("rope_factors_short.weight")[i];
        const double factor = real("rope.scaling.factor", 1);
        if (factor == 1) return speed;
        const auto pairThatTurns = [&](double times) {
            const double length = real("rope.scaling.original_context_length", 0);
            return count * std::log(length / (2 * std::numbers::pi * times)) / std::log(base);
        };
        const double low = pairThatTurns(32), high = pairThatTurns(1);
        const double slow = std::clamp((static_cast<double>(i) - low) / (high - low), 0.0, 1.0);
        return speed * (slow / factor + 1 - slow);
    }

    void turn(Row& x, std::size_t size, std::size_t position) const {
        const double magnitude = m_phi ? (contains("rope_factors_short.weight") ? 1.243163121016122 : 1)
                                       : 1 + 0.1 * std::log(real("rope.scaling.factor", 1));
        const std::size_t half = size / 2;
        for (std::size_t start = 0; start < x.size(); start += size) {
            for (std::size_t i = start; i < start + half; ++i) {
                const double angle = static_cast<double>(position) * speed(i - start, half);
                const auto turned = std::complex(x[i], x[i + half]) * std::polar(magnitude, angle);
                x[i] = turned.real();
                x[i + half] = turned.imag();
            }
        }
    }

    /// One head's row: the softmax over what it sees and, in gpt-oss, the sink, whose share is lost.
    Row attended(const Row& query, const Rows& key, const Rows& value, std::size_t start, std::size_t last,
                 std::size_t window, double sink) const {
        const std::size_t size = query.size(), first = window != 0 && last + 1 > window ? last + 1 - window : 0;
        Row scores{sink};
        for (std::size_t s = first; s <= last; ++s) {
            const Row part(key[s].begin() + static_cast<std::ptrdiff_t>(start),
                           key[s].begin() + static_cast<std::ptrdiff_t>(start + size));
            scores.push_back(dot(query, part) / std::sqrt(static_cast<double>(size)));
        }
        const Row weights = softmax(scores);
        Row out(size);
        for (std::size_t s = first; s <= last; ++s) {
            for (std::size_t i = 0; i < size; ++i) out[i] += weights[s - first + 1] * value[s][start + i];
        }
        return out;
    }

    Rows attention(const Rows& x, const std::string& block, std::size_t index) const {
        Rows query = linear(block + "attn_q", x), key = linear(block + "attn_k", x);
        const Rows value = linear(block + "attn_v", x);
        const std::size_t size = query.front().size() / m_heads, shared = query.front().size() / key.front().size();
        const bool windowed = m_phi || index % 2 == 0;
        const std::size_t window = windowed ? static_cast<std::size_t>(real("attention.sliding_window", 0)) : 0;
        const Row sinks = m_phi ? Row(m_heads, -kInfinity) : vector(block + "attn_sinks.weight");
        Rows out;
        for (std::size_t t = 0; t < x.size(); ++t) {
            turn(query[t], size, t);
            turn(key[t], size, t);
            Row row;
            for (std::size_t head = 0; head < m_heads; ++head) {
                const auto begin = query[t].begin() + static_cast<std::ptrdiff_t>(head * size);
                const Row own(begin, begin + static_cast<std::ptrdiff_t>(size));
                const Row seen = attended(own, key, value, head / shared * size, t, window, sinks[head]);
                row.insert(row.end(), seen.begin(), seen.end());
            }
            out.push_back(row);
        }
        return linear(block + "attn_output", out);
    }

    /// SparseMixer as it is told: from the scores that are left the highest is taken, those too far below it are struck
    /// out, its weight is its share of the softmax over the rest.
    static double takeHighest(Row& left, const Row& scores, std::size_t& taken) {
        taken = static_cast<std::size_t>(std::ranges::max_element(left) - left.begin());
        const double highest = left[taken];
        Row masked = left;
        for (std::size_t i = 0; i < masked.size(); ++i) {
            if ((highest - scores[i]) / std::max(std::abs(scores[i]), highest) > 2 * 0.01) masked[i] = -kInfinity;
        }
        left[taken] = -kInfinity;
        return softmax(masked)[taken];
    }

    /// What each expert's result counts; 0 for those that are not asked.
    Row choice(const Row& scores) const {
        Row left = scores, weights(scores.size()), chosen;
        std::vector<std::size_t> experts(integer("expert_used_count"));
        for (std::size_t& expert : experts) {
            const double weight = takeHighest(left, scores, expert);
            chosen.push_back(m_phi ? weight : scores[expert]);
        }
        if (!m_phi) chosen = softmax(chosen);
        for (std::size_t i = 0; i < experts.size(); ++i) weights[experts[i]] = chosen[i];
        return weights;
    }

    double gated(double gate, double up) const {
        if (m_phi) return gate / (1 + std::exp(-gate)) * up;
        gate = std::min(gate, 7.0);
        return gate / (1 + std::exp(-1.702 * gate)) * (std::clamp(up, -7.0, 7.0) + 1);
    }

    Row expert(const std::string& block, std::size_t number, std::size_t count, const Row& x) const {
        const auto product = [&](const std::string& name, const Row& in) {
            const Rows all = matrix(block + name + "_exps.weight");
            const std::string bias = block + name + "_exps.bias";
            Row out = contains(bias) ? matrix(bias)[number] : Row(all.size() / count);
            for (std::size_t r = 0; r < out.size(); ++r) out[r] += dot(all[number * out.size() + r], in);
            return out;
        };
        Row inner = product("ffn_gate", x);
        const Row up = product("ffn_up", x);
        for (std::size_t i = 0; i < inner.size(); ++i) inner[i] = gated(inner[i], up[i]);
        return product("ffn_down", inner);
    }

    void layer(Rows& x, std::size_t index) const {
        const std::string block = "blk." + std::to_string(index) + ".";
        Rows in;
        for (const Row& row : x) in.push_back(normed(row, block + "attn_norm"));
        const Rows seen = attention(in, block, index);
        for (std::size_t t = 0; t < x.size(); ++t) {
            x[t] = plus(x[t], seen[t]);
            in[t] = normed(x[t], block + (m_phi ? "ffn_norm" : "post_attention_norm"));
        }
        const Rows scores = linear(block + "ffn_gate_inp", in);
        for (std::size_t t = 0; t < x.size(); ++t) {
            const Row weights = choice(scores[t]);
            for (std::size_t e = 0; e < weights.size(); ++e) {
                if (weights[e] == 0) continue;
                const Row result = expert(block, e, weights.size(), in[t]);
                for (std::size_t i = 0; i < result.size(); ++i) x[t][i] += weights[e] * result[i];
            }
        }
    }

    const inference::GgufFile& m_file;
    std::uint32_t m_heads;
    bool m_phi;
};

}  // namespace

std::vector<std::vector<double>> plainMixture(const inference::GgufFile& file, std::uint32_t heads,
                                              std::span<const inference::TokenId> tokens) {
    return PlainMixture(file, heads).run(tokens);
}

}  // namespace lares::tests
