// Chats as HTML and PDF: what was said is in it, escaped; nothing in it is fetched or run.
#include "ui/chat/chat_document.h"

#include <QGuiApplication>
#include <QtTest>

using namespace lares;

namespace {

app::ExportedChat chat(const QString& answer) {
    return {QStringLiteral("Tea & <cake>"),
            {{QStringLiteral("You, 2026-01-02 03:04"),
              true,
              QStringLiteral("1 < 2?\n**not bold**"),
              {{QStringLiteral("a.txt"), QStringLiteral("<script>alert(1)</script>")}}},
             {QStringLiteral("Model, 2026-01-02 03:05"), false, answer, {}}}};
}

}  // namespace

class ChatDocumentTest : public QObject {
    Q_OBJECT

 private slots:
    void everythingIsInIt() {
        const QString html =
            QString::fromUtf8(ui::chatsToHtml({chat("# Head\n\nA **bold** word.\n\n- one\n- two\n\n| a | b "
                                                    "|\n|---|---|\n| 1 | 2 |\n\n```c\nint x<3;\n```\n")}));
        for (const char* part :
             {"<title>Tea &amp; &lt;cake&gt;</title>", "1 &lt; 2?<br>**not bold**", "A <b>bold</b> word.", "one",
              "<th>a</th>", "<td>2</td>", "<pre>int x&lt;3;", "&lt;script&gt;", "You, 2026-01-02 03:04"}) {
            QVERIFY2(html.contains(QLatin1String(part)), part);
        }
    }
    void nothingIsFetchedOrRun() {
        const QString html = QString::fromUtf8(ui::chatsToHtml(
            {chat("![x](http://evil/x.png) <img src=http://evil/y> <script>run()</script> [l](javascript:run())")}));
        QVERIFY(!html.contains(QStringLiteral("<img")) && !html.contains(QStringLiteral("<script")));
        QVERIFY(!html.contains(QStringLiteral("href=\"javascript")));
    }
    void aLongChatHasPages() {
        const QByteArray one = ui::chatsToPdf({chat(QStringLiteral("Short."))});
        const QByteArray many =
            ui::chatsToPdf({chat(QStringLiteral("A line of words that says little.\n\n").repeated(400))});
        QVERIFY(one.startsWith("%PDF-") && many.startsWith("%PDF-"));
        QCOMPARE(one.count("/Type /Page\n"), 1);
        QVERIFY(many.count("/Type /Page\n") > 5);
    }
};

QTEST_MAIN(ChatDocumentTest)
#include "tst_chat_document.moc"
