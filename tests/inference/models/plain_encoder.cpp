#include "tests/inference/models/plain_encoder.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <numbers>
#include <numeric>

namespace lares::tests {

namespace {

using Row = std::vector<double>;
using Rows = std::vector<Row>;

class PlainEncoder {
 public:
    PlainEncoder(const inference::GgufFile& file, std::uint32_t heads)
        : m_file(file), m_heads(heads), m_architecture(file.requireText("general.architecture")) {}

    Rows run(std::span<const inference::TokenId> tokens) const {
        const Rows words = matrix("token_embd.weight"), types = matrix("token_types.weight");
        Rows x;
        for (const inference::TokenId token : tokens) {
            Row row = plus(words.at(static_cast<std::size_t>(token)), types.at(0));
            if (m_architecture == "bert") row = plus(row, matrix("position_embd.weight").at(x.size()));
            x.push_back(normed(row, "token_embd_norm"));
        }
        for (std::uint32_t i = 0; i < m_file.requireInteger32(key("block_count")); ++i) x = layer(x, i);
        return x;
    }

 private:
    std::string key(const std::string& name) const { return m_architecture + "." + name; }
    bool contains(const std::string& name) const { return m_file.find(name) != nullptr; }

    Rows matrix(const std::string& name) const {
        const inference::GgufTensor& tensor = *m_file.find(name);
        const std::vector<std::byte> bytes = m_file.read(tensor);
        std::vector<float> numbers(bytes.size() / sizeof(float));
        std::memcpy(numbers.data(), bytes.data(), bytes.size());
        Rows rows;
        const auto width = static_cast<std::ptrdiff_t>(tensor.shape[0]);
        for (auto at = numbers.begin(); at != numbers.end(); at += width) rows.emplace_back(at, at + width);
        return rows;
    }
    Row vector(const std::string& name) const { return matrix(name).front(); }

    static Row plus(Row a, const Row& b) {
        for (std::size_t i = 0; i < a.size(); ++i) a[i] += b.at(i);
        return a;
    }
    static double dot(const Row& a, const Row& b) { return std::inner_product(a.begin(), a.end(), b.begin(), 0.0); }

    Row normed(const Row& x, const std::string& name) const {
        const Row weight = vector(name + ".weight"), bias = vector(name + ".bias");
        const auto count = static_cast<double>(x.size());
        const double mean = std::accumulate(x.begin(), x.end(), 0.0) / count;
        const double variance = dot(x, x) / count - mean * mean;
        const double epsilon = m_file.requireReal(key("attention.layer_norm_epsilon"));
        Row out;
        for (std::size_t i = 0; i < x.size(); ++i) {
            out.push_back((x[i] - mean) / std::sqrt(variance + epsilon) * weight[i] + bias[i]);
        }
        return out;
    }

    Row linear(const Rows& weight, const Row& bias, const Row& x) const {
        Row out;
        for (const Row& row : weight) out.push_back(dot(row, x) + (bias.empty() ? 0 : bias[out.size()]));
        return out;
    }
    Rows linear(const std::string& name, const Rows& x) const {
        const Rows weight = matrix(name + ".weight");
        const Row bias = contains(name + ".bias") ? vector(name + ".bias") : Row();
        Rows out;
        for (const Row& row : x) out.push_back(linear(weight, bias, row));
        return out;
    }

    /// Number i of a head is the real part, number i + half the imaginary part of what turns by position *
    /// base^(-i/half).
    void turn(Row& x, std::size_t position) const {
        const double base = m_file.requireReal(key("rope.freq_base"));
        const std::size_t size = x.size() / m_heads, half = size / 2;
        for (std::size_t start = 0; start < x.size(); start += size) {
            for (std::size_t i = 0; i < half; ++i) {
                const double angle =
                    static_cast<double>(position) * std::pow(base, -static_cast<double>(i) / static_cast<double>(half));
                const double a = x[start + i], b = x[start + half + i];
                x[start + i] = a * std::cos(angle) - b * std::sin(angle);
                x[start + half + i] = a * std::sin(angle) + b * std::cos(angle);
            }
        }
    }

    /// ALiBi for n heads: where n is a power of two 2^(-8/n), and so on, each times the first; else those of the power
    /// below, followed by the first, third and so on of the power above.
    static Row slopes(std::size_t n) {
        std::size_t power = 1;
        while (2 * power <= n) power *= 2;
        const auto geometric = [](std::size_t count) {
            const double first = std::pow(2.0, -8.0 / static_cast<double>(count));
            Row out{first};
            while (out.size() < count) out.push_back(out.back() * first);
            return out;
        };
        Row out = geometric(power);
        const Row finer = geometric(2 * power);
        for (std::size_t i = 0; out.size() < n; i += 2) out.push_back(finer[i]);
        return out;
    }

    /// softmax(scale * q k^T - slope * distance) v, head by head; without a slope but in jina-bert-v2.
    Rows attention(const Rows& query, const Rows& key, const Rows& value) const {
        const std::size_t width = query.front().size(), size = width / m_heads;
        const double scale = 1.0f / std::sqrt(static_cast<float>(size));  // a program's constants are f32
        const Row fall = m_architecture == "jina-bert-v2" ? slopes(m_heads) : Row(m_heads);
        Rows out(query.size(), Row(width));
        for (std::size_t t = 0; t < query.size(); ++t) {
            for (std::size_t start = 0; start < width; start += size) {
                Row weights;
                for (std::size_t s = 0; s < key.size(); ++s) {
                    double score = 0;
                    for (std::size_t i = start; i < start + size; ++i) score += query[t][i] * key[s][i];
                    const auto distance = static_cast<double>(std::max(s, t) - std::min(s, t));
                    weights.push_back(std::exp(score * scale - fall[start / size] * distance));
                }
                const double total = std::accumulate(weights.begin(), weights.end(), 0.0);
                for (std::size_t s = 0; s < value.size(); ++s) {
                    for (std::size_t i = start; i < start + size; ++i) out[t][i] += weights[s] / total * value[s][i];
                }
            }
        }
        return out;
    }

    Rows attended(const Rows& x, const std::string& block) const {
        Rows query, key, value;
        if (contains(block + "attn_qkv.weight")) {
            const auto width = static_cast<std::ptrdiff_t>(x.front().size());
            for (const Row& row : linear(block + "attn_qkv", x)) {
                query.emplace_back(row.begin(), row.begin() + width);
                key.emplace_back(row.begin() + width, row.begin() + 2 * width);
                value.emplace_back(row.begin() + 2 * width, row.end());
                turn(query.back(), query.size() - 1);
                turn(key.back(), key.size() - 1);
            }
        } else {
            query = linear(block + "attn_q", x);
            key = linear(block + "attn_k", x);
            value = linear(block + "attn_v", x);
        }
        return linear(block + "attn_output", attention(query, key, value));
    }

    Rows fedForward(const Rows& x, const std::string& block) const {
        Rows inner = linear(block + "ffn_up", x);
        Rows gate = contains(block + "ffn_gate.weight") ? linear(block + "ffn_gate", x) : Rows();
        if (m_architecture == "jina-bert-v2" && gate.empty()) {  // what comes first of "ffn_up"
            for (Row& row : inner) {
                const auto middle = row.begin() + static_cast<std::ptrdiff_t>(row.size() / 2);
                gate.emplace_back(row.begin(), middle);
                row.erase(row.begin(), middle);
            }
        }
        for (std::size_t t = 0; t < inner.size(); ++t) {
            for (std::size_t i = 0; i < inner[t].size(); ++i) {
                double& u = inner[t][i];
                u = gate.empty() ? gelu(u) : u * (m_architecture == "nomic-bert" ? silu(gate[t][i]) : gelu(gate[t][i]));
            }
        }
        return linear(block + "ffn_down", inner);
    }

    static double silu(double x) { return x / (1 + std::exp(-x)); }
    static double gelu(double x) {
        return 0.5 * x * (1 + std::tanh(std::sqrt(2 / std::numbers::pi) * (x + 0.044715 * std::pow(x, 3))));
    }

    Rows layer(Rows x, std::uint32_t index) const {
        const std::string block = "blk." + std::to_string(index) + ".";
        const Rows seen = attended(x, block);
        for (std::size_t t = 0; t < x.size(); ++t) x[t] = normed(plus(x[t], seen[t]), block + "attn_output_norm");
        const Rows fed = fedForward(x, block);
        for (std::size_t t = 0; t < x.size(); ++t) x[t] = normed(plus(x[t], fed[t]), block + "layer_output_norm");
        return x;
    }

    const inference::GgufFile& m_file;
    std::uint32_t m_heads;
    std::string m_architecture;
};

}  // namespace

std::vector<std::vector<double>> plainEncoder(const inference::GgufFile& file, std::uint32_t heads,
                                              std::span<const inference::TokenId> tokens) {
    return PlainEncoder(file, heads).run(tokens);
}

}  // namespace lares::tests
