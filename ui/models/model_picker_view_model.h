// The model chip in the header: which models there are, which one is loaded, how far loading has come.
#pragma once

#include <QAbstractListModel>
#include <QQmlEngine>
#include <QUrl>

#include <memory>

namespace lares::app {
class ModelService;
}

namespace lares::ui {

/// The rows of the picker are this model itself: ListView { model: modelPicker }.
class ModelPickerViewModel : public QAbstractListModel {
    Q_OBJECT
    QML_ELEMENT
    QML_UNCREATABLE("Made by the composition")
    Q_PROPERTY(int count READ count NOTIFY countChanged FINAL)
    Q_PROPERTY(State state READ state NOTIFY stateChanged FINAL)
    Q_PROPERTY(int percent READ percent NOTIFY stateChanged FINAL)  ///< while Loading: 0..100
    Q_PROPERTY(QString stateText READ stateText NOTIFY stateChanged
                   FINAL)  ///< "Loading 42 %", "Ready", the sentence of a failure
    Q_PROPERTY(QString currentPath READ currentPath NOTIFY stateChanged FINAL)  ///< of the model in use; empty: none
    Q_PROPERTY(QString currentName READ currentName NOTIFY stateChanged
                   FINAL)  ///< the chip's text; "Choose a model" with none
    Q_PROPERTY(
        QString deviceText READ deviceText NOTIFY stateChanged FINAL)  ///< "llvmpipe (software)"; empty with none
    Q_PROPERTY(
        QString errorText READ errorText NOTIFY errorTextChanged FINAL)  ///< something beside loading failed; a banner
    Q_PROPERTY(bool onProcessor READ onProcessor NOTIFY stateChanged FINAL)  ///< answers come from the processor

 public:
    enum State { NoModel, Loading, Ready, Failed };
    Q_ENUM(State)
    enum Role {
        NameRole = Qt::UserRole + 1,  ///< name
        PathRole,                     ///< path: what select() takes
        QuantisationRole,             ///< quantisation: "Q4_0"
        SizeTextRole,                 ///< sizeText: "4.1 GB"
        DetailRole,                   ///< detail: "llama, Q4_0, 4.1 GB", or why it cannot be used
        MissingRole,                  ///< missing: the file is gone
        CurrentRole,                  ///< current: loaded or being loaded
    };
    Q_ENUM(Role)

    explicit ModelPickerViewModel(app::ModelService& models, QObject* parent = nullptr);
    ~ModelPickerViewModel() override;

    int rowCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QHash<int, QByteArray> roleNames() const override;

    int count() const { return rowCount(); }
    State state() const;
    int percent() const;
    QString stateText() const;
    QString currentPath() const;
    QString currentName() const;
    QString deviceText() const;
    bool onProcessor() const;
    QString errorText() const;

    Q_INVOKABLE void select(const QString& path);
    Q_INVOKABLE void openFile(const QUrl& file);   ///< adds it where it lies and loads it
    Q_INVOKABLE void forget(const QString& path);  ///< takes it off the list; the file stays
    Q_INVOKABLE void unload();                     ///< while loading: stops that
    Q_INVOKABLE void dismissError();

 signals:
    void countChanged();
    void stateChanged();
    void errorTextChanged();

 private:
    struct Private;
    std::unique_ptr<Private> d;
};

}  // namespace lares::ui
