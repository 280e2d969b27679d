// How each setting is shown: its page, its name, what it does in one line, its control, the words for its choices.
// Keys, ranges and defaults are SettingsService's; a setting without a text here is not shown.
#pragma once

#include "ui/settings/settings_view_model.h"

#include <QVector>

namespace lares::ui {

struct SettingText {
    QString key;
    SettingsViewModel::Page page;
    SettingsViewModel::Editor editor;
    QString name, effect;
    double step = 1;
    QStringList choices;  ///< of a Choice: values as the service knows them and, at the same place, `choiceTexts`
    QStringList choiceTexts;
};

/// In the order of the page; in the language of the moment.
QVector<SettingText> settingTexts();

/// What ships with Lares and under which licence: plain text.
QString licencesText();

}  // namespace lares::ui
