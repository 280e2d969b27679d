// What can be wrong with a file that chats come from or go to: a sentence for the person. Nothing was changed.
#pragma once

#include <QString>
#include <stdexcept>

namespace lares::app {

class TransferError : public std::runtime_error {
 public:
    explicit TransferError(const QString& sentence) : std::runtime_error(sentence.toStdString()) {}
};

}  // namespace lares::app
