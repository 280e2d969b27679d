// Stop strings in text that comes in pieces: the result must not depend on where the pieces are cut.
#include "inference/sampling/stop_matcher.h"

#include <QtTest>

using lares::inference::StopMatcher;

namespace {

struct Answer {
    std::string text;
    bool stopped = false;
};

Answer pushAll(StopMatcher& matcher, const std::vector<std::string>& pieces) {
    Answer answer;
    for (const std::string& piece : pieces) {
        const auto result = matcher.push(piece);
        answer.text += result.text;
        answer.stopped = answer.stopped || result.stopped;
    }
    answer.text += matcher.finish();
    return answer;
}

}  // namespace

class TestStopMatcher : public QObject {
    Q_OBJECT

 private slots:
    void everyCut_data() {
        QTest::addColumn<QStringList>("stops");
        QTest::addColumn<QString>("input");
        QTest::addColumn<QString>("output");
        QTest::addColumn<bool>("stopped");
        QTest::newRow("none") << QStringList{} << "plain text"
                              << "plain text" << false;
        QTest::newRow("empty string is no stop") << QStringList{""} << "plain"
                                                 << "plain" << false;
        QTest::newRow("in the middle") << QStringList{"STOP"} << "go on STOP now"
                                       << "go on " << true;
        QTest::newRow("at once") << QStringList{"STOP"} << "STOP"
                                 << "" << true;
        QTest::newRow("only its beginning") << QStringList{"STOP"} << "no ST"
                                            << "no ST" << false;
        QTest::newRow("false start") << QStringList{"aab"} << "aaab!"
                                     << "a" << true;
        QTest::newRow("repeats itself") << QStringList{"abab?"} << "ababab?x"
                                        << "ab" << true;
        QTest::newRow("first complete wins") << QStringList{"abcd", "bc"} << "xabcd"
                                             << "xa" << true;
        QTest::newRow("longer of two that end together") << QStringList{"c", "abc"} << "xabc"
                                                         << "x" << true;
        QTest::newRow("several letters per character") << QStringList{"日本"} << "日x日本y"
                                                       << "日x" << true;
        QTest::newRow("lines") << QStringList{"\nUser:", "\n\n"} << "hi\nUse it\nUser: x"
                               << "hi\nUse it" << true;
    }
    void everyCut() {
        QFETCH(QStringList, stops);
        QFETCH(QString, input);
        QFETCH(QString, output);
        QFETCH(bool, stopped);
        std::vector<std::string> stopStrings;
        for (const QString& stop : stops) {
            stopStrings.push_back(stop.toStdString());
        }
        const std::string text = input.toStdString();
        for (std::size_t first = 0; first <= text.size(); ++first) {
            for (std::size_t second = first; second <= text.size(); ++second) {
                StopMatcher matcher(stopStrings);
                const Answer answer =
                    pushAll(matcher, {text.substr(0, first), text.substr(first, second - first), text.substr(second)});
                QCOMPARE(QString::fromStdString(answer.text), output);
                QCOMPARE(answer.stopped, stopped);
                QCOMPARE(matcher.stopped(), stopped);
            }
        }
    }

    void holdsBackOnlyWhatMayStop() {
        StopMatcher matcher({"<end>"});
        QCOMPARE(matcher.push("a <").text, std::string("a "));
        QCOMPARE(matcher.push("e").text, std::string());
        QCOMPARE(matcher.push("x").text, std::string("<ex"));
        QCOMPARE(matcher.push("<en").text, std::string());
        QCOMPARE(matcher.finish(), std::string("<en"));
        QVERIFY(!matcher.stopped());
    }

    void nothingAfterAStop() {
        StopMatcher matcher({"."});
        QVERIFY(matcher.push("one. two").stopped);
        const auto later = matcher.push("three");
        QVERIFY(later.stopped && later.text.empty());
        QCOMPARE(matcher.finish(), std::string());
    }
};

QTEST_GUILESS_MAIN(TestStopMatcher)
#include "tst_stop_matcher.moc"
