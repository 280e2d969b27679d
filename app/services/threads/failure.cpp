#include "app/services/threads/failure.h"

#include "app/services/transfer/transfer_error.h"
#include "inference/error.h"
#include "storage/error.h"

#include <new>

namespace lares::app {

Failure currentFailure() {
    try {
        throw;
    } catch (const inference::Error& e) {
        return {QString::fromUtf8(e.what()), QString::fromStdString(e.detail())};
    } catch (const storage::Error& e) {
        return {QString::fromUtf8(e.what()), QString::fromStdString(e.detail()),
                e.kind() == storage::ErrorKind::diskFull};
    } catch (const TransferError& e) {
        return {QString::fromUtf8(e.what()), {}};
    } catch (const std::bad_alloc&) {
        return {
            QStringLiteral("The memory of this computer is used up. Close other programs or choose a smaller model."),
            {}};
    } catch (const std::exception& e) {
        return {QStringLiteral("A fault in Lares got in the way; what was saved is safe."),
                QString::fromUtf8(e.what())};
    }
}

}  // namespace lares::app
