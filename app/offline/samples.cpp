#include "app/offline/samples.h"

namespace lares::app {
namespace {

constexpr std::string_view kPumpQuestion = "Does the March log show a fault? I need a script for it too.";
constexpr std::string_view kPumpAnswer = R"(<think>
The log has one row per hour. The limits are in the manual: inlet, flow temperature, starts per hour. Compare each column
with its limit, then say which one was crossed and how often.
</think>
The manual names three limits for your unit. In March one was crossed: the brine inlet fell below −5 °C on four nights.

| Reading | Normal | Fault | Your log in March |
|---|---|---|---|
| Brine inlet | 0 to 12 °C | below −5 °C | **4 nights** |
| Flow temperature | 28 to 45 °C | above 62 °C | never |
| Compressor starts | up to 3 an hour | above 6 an hour | never |

```python
import csv
LIMIT = -5.0  # brine inlet in °C, manual p. 147

with open("energy-log-march.csv") as log:
    for row in csv.DictReader(log):
        if float(row["brine_in"]) < LIMIT:
            print(row["time"], row["brine_in"])
```

Each time the pump had run for more than eleven hours without a pause, which the manual traces to a clogged brine filter.)";

constexpr std::string_view kFilterQuestion = "What should I do first?";
constexpr std::string_view kFilterAnswer =
    R"(Clean the brine filter first. It takes about ten minutes, and the manual lists it as the most common cause of a slowly falling inlet temperature. If the inlet stays above −3 °C for the next two cold nights, nothing else is needed.

If it falls again, have the brine pressure measured. Below 1.2 bar the loop is losing fluid, and the unit should be switched off until it is refilled.)";

constexpr std::string_view kDepositAnswer =
    R"(Not by the text of your lease. It allows deductions for damage only, and names normal use as the landlord’s cost.

Two points help you:

- The handover record lists no damage.
- The six months in which a claim can be made ended on 30 April.)";

constexpr std::string_view kLetterAnswer = R"(Subject: Return of the deposit, flat 14

Thank you for the settlement of 12 May. You kept 300 € for signs of wear. By paragraph 9 of the lease such signs are not deducted from the deposit. Please transfer the 300 € by the end of the month.)";

constexpr std::string_view kIntervalAnswer = R"(## What a 95 % interval says

If the same study were repeated many times, about **95 of 100** such intervals would contain the true value.

1. It is a statement about the *method*, not about this one interval.
2. A wider interval means less certainty, usually from fewer observations.
3. It is **not** the probability that the true value lies inside.

> A confidence interval is a net of a known mesh: it says how often the net catches, not whether it caught this time.

With `n = 40` and a standard deviation of 12, the half width is about 3.7.)";

constexpr std::string_view kBreadAnswer = R"(At 24 °C the dough moves faster than most recipes expect:

- [x] Autolyse, 30 minutes
- [x] First rise, 4 to 5 hours, folded three times
- [ ] Shape, then 12 hours in the fridge
- [ ] Bake at 240 °C, 20 minutes with steam, 25 without

If it doubles before four hours have passed, take 15 % less starter next time.)";

constexpr std::string_view kGeneralAnswer = R"(Here is a short answer that shows what an answer looks like.

This window runs without a model: what you read was written beforehand, word by word at the pace of a small computer. Everything else is as it is in Lares: the chat is kept, found by the search, renamed and deleted like any other.

- Press **Esc** to stop an answer.
- Press **F1** for the keys.)";

constexpr std::string_view kDetails =
    R"({"model":"Mistral 7B Instruct v0.3","device":"RTX 3060","template":"model","finish":"endOfText","seed":"2718281828",)"
    R"("sampling":{"temperature":0.7,"topK":40,"topP":0.95,"minP":0.05,"repeatPenalty":1.0,"repeatLastN":64,"maxTokens":0},)"
    R"("promptTokens":812,"reusedTokens":640,"generatedTokens":210,"contextLength":16384,"tokensPerSecond":41.3,)"
    R"("timeToFirstTokenSeconds":0.3,"promptSeconds":0.3,"generateSeconds":5.1})";

}  // namespace

const std::vector<SampleChat>& sampleChats() {
    static const std::vector<SampleChat> chats{
        {"Three bike lights compared",
         9,
         {{true, "Which of the three lights is best for a dark forest road?"},
          {false, "The second: 80 lux in the middle, a wide edge, and its battery lasts the whole way.", kDetails}}},
        {"Night train to Lisbon",
         8,
         {{true, "Is there still a night train to Lisbon?"},
          {false, "Not at the moment. The *Sud Expresso* has not run since 2020.", kDetails}}},
        {"Pattern for invoice numbers",
         1,
         {{true, "A pattern for numbers like RE-2024-00017, please."},
          {false,
           "```regex\n^RE-(20\\d{2})-(\\d{5})$\n```\n\nThe first group is the year, the second the running number.",
           kDetails}}},
        {"Sourdough at 24 degrees",
         1,
         {{true, "My kitchen has 24 degrees. How do I change the times?"}, {false, kBreadAnswer, kDetails}}},
        {"Rename photos by date",
         1,
         {{true, "How do I rename photos by the date they were taken?"},
          {false,
           "Use exiftool:\n\n```sh\nexiftool '-FileName<DateTimeOriginal' -d '%Y-%m-%d %H.%M.%S%%-c.%%e' .\n```\n\nRun "
           "it "
           "with `-testname` in place of `-FileName` first: that only shows what would happen.",
           kDetails}}},
        {"Reply about the deposit",
         0,
         {{true, "The landlord keeps 300 € of the deposit for “wear”. Is that allowed, going by my lease?"},
          {false, kDepositAnswer, kDetails},
          {true, "Write a short, friendly letter that asks for the money."},
          {false, kLetterAnswer, kDetails}}},
        {"What a confidence interval says",
         0,
         {{true, "What does a confidence interval really say?"}, {false, kIntervalAnswer, kDetails}}},
        {"Heat pump log, fault limits",
         0,
         {{true, kPumpQuestion},
          {false, kPumpAnswer, kDetails},
          {true, kFilterQuestion},
          {false, kFilterAnswer, kDetails}}},
    };
    return chats;
}

const std::vector<SampleModel>& sampleModels() {
    static const std::vector<SampleModel> models{
        {"mistral-7b-instruct-v0.3-q4_k_m.gguf", "Mistral 7B Instruct", "llama", "Q4_K", 4.4, 32768},
        {"phi-2-q8_0.gguf", "Phi-2", "phi2", "Q8_0", 2.9, 2048},
        {"qwen2.5-1.5b-instruct-q4_0.gguf", "Qwen2.5 1.5B Instruct", "qwen2", "Q4_0", 1.0, 32768},
    };
    return models;
}

std::string_view sampleAnswer(std::string_view question) {
    // The side questions (SideQuestions): sample chats have their titles.
    if (question.starts_with("Give this conversation a title")) return {};
    if (question.starts_with("Summarise our conversation")) return "You asked some questions, and each was answered.";
    for (const SampleChat& chat : sampleChats()) {
        for (std::size_t i = 0; i + 1 < chat.messages.size(); ++i) {
            if (chat.messages[i].mine && chat.messages[i].text == question) return chat.messages[i + 1].text;
        }
    }
    return kGeneralAnswer;
}

}  // namespace lares::app
