// Chats as documents: one HTML page that needs nothing beside it, and PDF from the same page. No scripts, no network,
// nothing of the theme: files are for paper and other programs.
#pragma once

#include "app/services/transfer/chat_export.h"

namespace lares::ui {

QByteArray chatsToHtml(const QList<app::ExportedChat>& chats);

/// A4, with page numbers. Needs a QGuiApplication for its fonts; any thread.
QByteArray chatsToPdf(const QList<app::ExportedChat>& chats);

}  // namespace lares::ui
