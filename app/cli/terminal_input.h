// Lines from standard input, and Ctrl+C as a signal of Qt's kind. While an event loop runs, interrupted() tells of it;
// while a line is awaited it ends the input. Made before any other thread, lives in the main thread.
#pragma once

#include <optional>
#include <QObject>
#include <QSocketNotifier>
#include <QString>

namespace lares::cli {

class TerminalInput : public QObject {
    Q_OBJECT

 public:
    TerminalInput();
    ~TerminalInput() override;

    /// Whether a person types; `prompt` is shown to persons alone.
    bool isTerminal() const { return m_terminal; }
    /// The next line without its end; nothing at the end of the input or on Ctrl+C.
    std::optional<QString> readLine(const QString& prompt);

 signals:
    void interrupted();

 private:
    bool takeInterrupt();

    bool m_terminal;
    int m_signals;  ///< a descriptor that is readable once Ctrl+C was pressed
    QSocketNotifier m_notifier;
    QByteArray m_rest;  ///< read, but after the line's end
};

}  // namespace lares::cli
