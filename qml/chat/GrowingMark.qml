// Stands behind the last word of an answer being written, and moves with it. It does not blink.
pragma ComponentBehavior: Bound

import QtQuick
import Lares.Style

Rectangle {
    id: mark

    required property MessageText edit

    function place() {
        const end = edit.positionToRectangle(edit.length);
        const full = end.x + width + 3 > edit.width;
        x = edit.x + (full ? edit.width - width : end.x + 3);
        y = edit.y + end.y + Math.round((end.height - height) / 2);
    }

    width: 8
    height: 16
    radius: 2
    color: Theme.accent
    Component.onCompleted: place()
    Connections {
        target: mark.edit
        function onTextChanged() {
            mark.place();
        }
        function onWidthChanged() {
            mark.place();
        }
    }
}
