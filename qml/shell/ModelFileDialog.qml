// Asks for a model file: the desktop's own dialog where there is one.
pragma ComponentBehavior: Bound

import QtQuick
import QtQuick.Dialogs

FileDialog {
    title: qsTr("Open a model file")
    fileMode: FileDialog.OpenFile
    nameFilters: [qsTr("Models (*.gguf)"), qsTr("All files (*)")]
}
