// Starting storage_child and reading what it says.
#pragma once

#include <QCoreApplication>
#include <QProcess>
#include <QStringList>

namespace lares::storage_test {

class Child : public QProcess {
 public:
    explicit Child(const QStringList& arguments) {
        setProcessChannelMode(QProcess::ForwardedErrorChannel);
        start(QCoreApplication::applicationDirPath() + "/storage_child", arguments);
    }
    ~Child() override {
        kill();
        waitForFinished();
    }

    /// Waits until a line begins with `word`.
    bool said(const QByteArray& word, int timeoutMs = 20000) {
        while (!m_said.startsWith(word) && !m_said.contains('\n' + word)) {
            if (!waitForReadyRead(timeoutMs)) return false;
            m_said += readAllStandardOutput();
        }
        return true;
    }

    /// All whole lines that it said in its life, which must be over or about to be.
    QList<QByteArray> linesAtEnd() {
        waitForFinished();
        m_said += readAllStandardOutput();
        QList<QByteArray> lines = m_said.split('\n');
        lines.removeLast();  // empty, or cut off
        return lines;
    }

 private:
    QByteArray m_said;
};

}  // namespace lares::storage_test
