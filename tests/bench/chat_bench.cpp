// How the window does with a heavy user's store: run by hand, on the offscreen platform with the software renderer.
//   lares_chat_bench [CHATS]    10,000 by default; twenty times as many messages, CHATS of them in one chat
// Prints: window usable, the long chat opened, one page of scrolling at worst, a search, and how busy the GUI thread is
// while an answer of 5,000 words streams at 200 words a second.
#include "app/composition.h"
#include "app/offline/samples.h"
#include "app/offline/scripted_engine.h"
#include "app/window.h"
#include "ui/chat/chat_list_model.h"
#include "ui/chat/chat_view_model.h"
#include "ui/models/model_picker_view_model.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <functional>
#include <QElapsedTimer>
#include <QGuiApplication>
#include <QQuickItem>
#include <QQuickWindow>
#include <QTemporaryDir>
#include <QTest>

using namespace lares;

namespace {

double threadSeconds() {
    timespec now{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return double(now.tv_sec) + double(now.tv_nsec) / 1e9;
}

/// A word of its own for each number below 5,000.
std::string wordOf(int number) {
    static const char* const kSyllables[] = {"ta", "re", "mi", "so", "lu", "ne", "ka", "di", "po", "va"};
    std::string word;
    for (int rest = number + 10; rest > 0; rest /= 10) word += kSyllables[rest % 10];
    return word;
}

storage::ChatTree chatOf(int number, int messages) {
    storage::ChatTree tree{.title = "Chat number " + std::to_string(number), .messages = {}};
    tree.createdAtMs = tree.updatedAtMs = 1'700'000'000'000 + number * 60'000;
    for (int i = 0; i < messages; ++i) {
        std::string text;
        for (int word = 0; word < (i % 2 ? 80 : 15); ++word) {
            text += "word" + std::to_string((number * 31 + i * 17 + word * word) % 5000) +
                    (word % 20 == 19 ? ".\n\n" : " ");
        }
        tree.messages.push_back({.parent = i - 1,
                                 .role = i % 2 ? storage::Role::assistant : storage::Role::user,
                                 .text = text,
                                 .createdAtMs = tree.createdAtMs});
    }
    return tree;
}

/// 5,000 words with paragraphs, lists, a table and code.
std::string longAnswer() {
    const std::string part(app::sampleAnswer("Does the March log show a fault? I need a script for it too."));
    std::string answer;
    for (std::size_t words = 0; words < 5000; words += std::size_t(std::count(part.begin(), part.end(), ' '))) {
        answer += part + "\n\n";
    }
    return answer;
}

/// Milliseconds until it is so, events handled meanwhile.
double timed(const char* what, const std::function<bool()>& done) {
    QElapsedTimer clock;
    clock.start();
    while (!done() && clock.elapsed() < 120'000) QCoreApplication::processEvents(QEventLoop::AllEvents, 1);
    const double ms = double(clock.nsecsElapsed()) / 1e6;
    std::printf("%-40s %8.1f ms\n", what, ms);
    std::fflush(stdout);
    return ms;
}

}  // namespace

int main(int argc, char** argv) {
    const QGuiApplication application(argc, argv);
    const int chats = argc > 1 ? std::atoi(argv[1]) : 10'000;
    const QTemporaryDir folder;
    qint64 longChat = 0;
    {
        const auto stores = app::openStores(folder.path());
        stores->database.inTransaction([&] {
            longChat = stores->chats.addTree(chatOf(0, chats));
            for (int i = 1; i < chats; ++i) stores->chats.addTree(chatOf(i, 19));
        });
    }
    app::CompositionOptions options;
    options.profileFolder = folder.path();
    options.makeEngine = [](const inference::EngineOptions&) {
        return app::makeScriptedEngine({std::chrono::milliseconds(5), std::chrono::milliseconds(1), longAnswer()});
    };
    QElapsedTimer clock;
    clock.start();
    app::Composition composition(options);
    app::Window window(composition);
    QQuickWindow* view = window.quickWindow();
    timed("window usable, all chats listed", [&] { return window.chats().count() == chats && view->isVisible(); });
    view->grabWindow();
    std::printf("%-40s %8.1f ms\n", "... with the first frame, from the start", double(clock.nsecsElapsed()) / 1e6);
    QTest::qWait(1500);  // the trash is looked after

    clock.restart();
    window.chats().open(double(longChat));
    timed("the long chat opened", [&] { return !window.chat().empty(); });
    view->grabWindow();
    std::printf("%-40s %8.1f ms\n", "... with its frame", double(clock.nsecsElapsed()) / 1e6);
    QMetaObject::invokeMethod(view, "focusMessages");
    double worst = 0;
    for (int page = 0; page < 60; ++page) {
        clock.restart();
        QTest::keyClick(view, page < 5 ? Qt::Key_Home : page % 2 ? Qt::Key_PageDown : Qt::Key_PageUp);
        view->grabWindow();
        worst = std::max(worst, double(clock.nsecsElapsed()) / 1e6);
    }
    std::printf("%-40s %8.1f ms\n", "a page of scrolling, at worst", worst);

    const int all = window.chats().count();
    window.chats().setSearchText(QString::fromStdString(wordOf(17) + " " + wordOf(42).substr(0, 3)));
    timed("a search, until its rows are shown", [&] { return window.chats().count() != all; });
    window.chats().setSearchText({});

    QFile(folder.filePath(QStringLiteral("model.gguf"))).open(QIODevice::WriteOnly);
    window.models().select(folder.filePath(QStringLiteral("model.gguf")));
    timed("(the model)", [&] { return window.models().state() == ui::ModelPickerViewModel::Ready; });
    window.chat().openNewChat();
    window.chat().setDraft(QStringLiteral("Does the March log show a fault? I need a script for it too."));
    window.chat().send();
    timed("(the answer begins)", [&] { return window.chat().activity() == ui::ChatViewModel::Answering; });
    clock.restart();
    const double before = threadSeconds();
    timed("(the answer)", [&] {
        QTest::qSleep(2);
        return !window.chat().busy();
    });
    std::printf("%-40s %8.1f %%\n", "GUI thread busy while it streams",
                100 * (threadSeconds() - before) / (double(clock.nsecsElapsed()) / 1e9));
    return 0;
}
