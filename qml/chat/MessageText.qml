// Text of a message that the selection area can mark. It is not a stop of the Tab key.
pragma ComponentBehavior: Bound

import QtQuick
import Lares.Style

TextEdit {
    id: edit

    required property BlockRow row

    // Proportional lines put all of the extra below the text; half of it belongs above.
    topPadding: textFormat === TextEdit.RichText ? 2 : 0
    bottomPadding: -topPadding
    readOnly: true
    selectByMouse: false
    persistentSelection: true
    activeFocusOnPress: false
    activeFocusOnTab: false
    textFormat: TextEdit.RichText
    wrapMode: TextEdit.Wrap
    font.pixelSize: 16
    color: Theme.text
    selectionColor: Theme.soft
    selectedTextColor: Theme.text

    Component.onCompleted: row.area.attach(edit, row.index)
    Connections {
        target: edit.row
        function onIndexChanged() {
            edit.row.area.attach(edit, edit.row.index);
        }
    }
    HoverHandler {
        cursorShape: Qt.IBeamCursor
    }
}
