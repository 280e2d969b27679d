// The settings page: every setting as a row with its name, one-line effect, range and value; devices; about.
// Not the settings themselves: SettingsService owns keys, defaults and persistence.
#pragma once

#include <QAbstractListModel>
#include <QQmlEngine>

#include <memory>

namespace lares::app {
class ModelService;
class SettingsService;
}  // namespace lares::app

namespace lares::ui {

/// The rows are this model itself; filter by `page` in the view.
class SettingsViewModel : public QAbstractListModel {
    Q_OBJECT
    QML_ELEMENT
    QML_UNCREATABLE("Made by the composition")
    Q_PROPERTY(Appearance appearance READ appearance WRITE setAppearance NOTIFY appearanceChanged FINAL)
    Q_PROPERTY(Motion motion READ motion NOTIFY motionChanged FINAL)
    Q_PROPERTY(
        QAbstractListModel* devices READ devices CONSTANT FINAL)  ///< DeviceListModel; looked for at the first read
    Q_PROPERTY(QString version READ version CONSTANT FINAL)
    Q_PROPERTY(QString licences READ licences CONSTANT FINAL)  ///< plain text, several paragraphs

 public:
    enum Page { General, AppearancePage, Answers, Engine, Network, About };
    Q_ENUM(Page)
    enum Editor { Number, Decimal, Choice, Line, Paragraph };  ///< which control shows the value
    Q_ENUM(Editor)
    enum Appearance { System, Light, Dark };
    Q_ENUM(Appearance)
    enum Motion { SystemMotion, ReducedMotion, FullMotion };
    Q_ENUM(Motion)
    enum Role {
        KeyRole = Qt::UserRole + 1,  ///< key: what setValue() and reset() take
        PageRole,                    ///< page: Page
        NameRole,                    ///< name
        EffectRole,                  ///< effect: one line
        EditorRole,                  ///< editor: Editor
        ValueRole,                   ///< value: what the control shows; of a Choice the index
        MinimumRole,                 ///< minimum: of Number and Decimal
        MaximumRole,                 ///< maximum
        StepRole,                    ///< step
        ChoicesRole,                 ///< choices: the texts of a Choice
        ChangedRole,                 ///< changed: not the default, so Reset is shown
    };
    Q_ENUM(Role)

    SettingsViewModel(app::SettingsService& settings, app::ModelService& models, QObject* parent = nullptr);
    ~SettingsViewModel() override;

    int rowCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QHash<int, QByteArray> roleNames() const override;

    Appearance appearance() const;
    void setAppearance(Appearance appearance);
    Motion motion() const;
    QAbstractListModel* devices();
    QString version() const;
    QString licences() const;

    /// Clamped to the range; takes hold at once. Of a Choice `value` is the index.
    Q_INVOKABLE void setValue(const QString& key, const QVariant& value);
    Q_INVOKABLE void reset(const QString& key);
    Q_INVOKABLE void resetPage(lares::ui::SettingsViewModel::Page page);

 signals:
    void appearanceChanged();
    void motionChanged();

 private:
    struct Private;
    std::unique_ptr<Private> d;
};

}  // namespace lares::ui
