#include "ui/settings/setting_texts.h"

#include "app/services/settings/settings_service.h"

namespace lares::ui {
namespace {

namespace setting = app::setting;
using View = SettingsViewModel;

QString tr(const char* text) {
    return SettingsViewModel::tr(text);
}

QVector<SettingText> generalTexts() {
    return {
        {setting::kTheme,
         View::AppearancePage,
         View::Choice,
         tr("Theme"),
         tr("Light or dark; the system's choice is followed at once."),
         1,
         {QStringLiteral("system"), QStringLiteral("light"), QStringLiteral("dark")},
         {tr("System"), tr("Light"), tr("Dark")}},
        {setting::kReducedMotion,
         View::AppearancePage,
         View::Choice,
         tr("Less motion"),
         tr("Nothing slides or fades; things are simply there."),
         1,
         {QStringLiteral("system"), QStringLiteral("on"), QStringLiteral("off")},
         {tr("System"), tr("On"), tr("Off")}},
    };
}

QVector<SettingText> answerTexts() {
    return {
        {setting::kSystemPrompt,
         View::Answers,
         View::Paragraph,
         tr("System prompt"),
         tr("Read by the model before every chat: who it is and how it should answer."),
         1,
         {},
         {}},
        {setting::kTemperature,
         View::Answers,
         View::Decimal,
         tr("Temperature"),
         tr("Higher is more varied, lower more predictable; 0 always takes the likeliest word."),
         0.05,
         {},
         {}},
        {setting::kTopK,
         View::Answers,
         View::Number,
         tr("Top-k"),
         tr("Only this many of the likeliest words are considered; 0 turns it off."),
         1,
         {},
         {}},
        {setting::kTopP,
         View::Answers,
         View::Decimal,
         tr("Top-p"),
         tr("Only the likeliest words that together reach this share; 1 turns it off."),
         0.01,
         {},
         {}},
        {setting::kMinP,
         View::Answers,
         View::Decimal,
         tr("Min-p"),
         tr("Leaves out words less likely than this share of the likeliest; 0 turns it off."),
         0.01,
         {},
         {}},
        {setting::kRepeatPenalty,
         View::Answers,
         View::Decimal,
         tr("Repetition penalty"),
         tr("Above 1, words just used become less likely; 1 turns it off."),
         0.01,
         {},
         {}},
        {setting::kMaxTokens,
         View::Answers,
         View::Number,
         tr("Longest answer"),
         tr("In tokens, about three quarters of a word each; 0 lets it run to the end of the context."),
         64,
         {},
         {}},
        {setting::kSeed,
         View::Answers,
         View::Number,
         tr("Seed"),
         tr("The same number gives the same answer to the same question; -1 draws a new one each time."),
         1,
         {},
         {}},
        {setting::kSuggestTitles,
         View::Answers,
         View::Choice,
         tr("Suggest titles"),
         tr("While nothing else is to do, the model names new chats; a title of yours stays."),
         1,
         {QStringLiteral("on"), QStringLiteral("off")},
         {tr("On"), tr("Off")}},
    };
}

QVector<SettingText> engineTexts() {
    return {
        {setting::kDevice,
         View::Engine,
         View::Choice,
         tr("Device"),
         tr("Where answers are worked out. A loaded model moves there at once."),
         1,
         {},
         {}},
        {setting::kContextLength,
         View::Engine,
         View::Number,
         tr("Context"),
         tr("Tokens a chat can hold; more takes more memory. 0 takes what fits, up to 4,096."),
         1024,
         {},
         {}},
    };
}

QVector<SettingText> networkTexts() {
    return {
        {setting::kOffline,
         View::Network,
         View::Choice,
         tr("Offline lock"),
         tr("On, Lares refuses every connection, whoever asks for it."),
         1,
         {QStringLiteral("off"), QStringLiteral("on")},
         {tr("Off"), tr("On")}},
        {setting::kHub,
         View::Network,
         View::Line,
         tr("Hub"),
         tr("A mirror's address, when models should come from there; empty: huggingface.co."),
         1,
         {},
         {}},
        {setting::kProxy,
         View::Network,
         View::Line,
         tr("Proxy"),
         tr("system, none, or an address such as http://proxy:3128 or socks5://127.0.0.1:1080."),
         1,
         {},
         {}},
        {setting::kDownloadLimit,
         View::Network,
         View::Number,
         tr("Download limit"),
         tr("In kB a second, for all downloads together; 0 is without a limit."),
         100,
         {},
         {}},
        {setting::kModelsFolder,
         View::Network,
         View::Line,
         tr("Folder for models"),
         tr("Where downloads are put from now on; empty: a folder beside your chats."),
         1,
         {},
         {}},
    };
}

}  // namespace

QVector<SettingText> settingTexts() {
    return generalTexts() + answerTexts() + engineTexts() + networkTexts();
}

QString licencesText() {
    return tr(
        "Lares is free software under the MIT licence.\n\n"
        "It uses Qt (GNU LGPL, version 3), SQLite (public domain), SQLiteCpp (MIT), md4c (MIT), PCRE2 (BSD), "
        "JSON for Modern C++ (MIT), OpenSSL (Apache License 2.0), QtKeychain (BSD) and the Vulkan loader (Apache "
        "License 2.0), each as your system provides it.\n\n"
        "Models are not part of Lares; each comes under the licence that its maker chose.");
}

}  // namespace lares::ui
