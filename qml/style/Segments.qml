// One of two to four words side by side. The arrow keys move the choice.
pragma ComponentBehavior: Bound

import QtQuick
import QtQuick.Templates as T
import Lares.Style

Rectangle {
    id: segments

    required property list<string> words
    required property int current

    signal chosen(int index)

    implicitWidth: row.implicitWidth + 2
    implicitHeight: Theme.controlHeight
    radius: Theme.radius
    color: enabled ? Theme.page : Theme.sunken
    border.width: 1
    border.color: enabled ? Theme.control : Theme.line
    Accessible.role: Accessible.Grouping

    Row {
        id: row
        anchors.centerIn: parent
        height: parent.height - 2

        Repeater {
            id: repeater
            model: segments.words
            delegate: T.RadioButton {
                id: segment
                required property int index
                required property string modelData

                function step(by: int) {
                    const next = index + by;
                    if (next < 0 || next >= repeater.count)
                        return;
                    segments.chosen(next);
                    repeater.itemAt(next).forceActiveFocus(Qt.TabFocusReason);
                }

                height: row.height
                implicitWidth: implicitContentWidth + 28
                padding: 0
                text: modelData
                checked: segments.current === index
                autoExclusive: false
                hoverEnabled: true
                Accessible.name: segments.Accessible.name === "" ? text : segments.Accessible.name + ": " + text
                onClicked: {
                    segments.chosen(index);
                    checked = Qt.binding(() => segments.current === segment.index);
                }
                Accessible.onToggleAction: clicked()
                Accessible.onPressAction: clicked()
                Keys.onLeftPressed: step(-1)
                Keys.onRightPressed: step(1)

                contentItem: Text {
                    text: segment.text
                    textFormat: Text.PlainText
                    font.pixelSize: 14
                    font.weight: segment.checked ? Font.Medium : Font.Normal
                    color: segment.checked ? Theme.tintText : Theme.text2
                    horizontalAlignment: Text.AlignHCenter
                    verticalAlignment: Text.AlignVCenter
                }
                background: Rectangle {
                    radius: Theme.radius - 1
                    color: segment.checked ? Theme.tint : segment.down ? Theme.pressed
                         : segment.hovered ? Theme.hover : "transparent"
                    border.width: segment.visualFocus ? 2 : 0
                    border.color: Theme.accent
                    Rectangle {
                        visible: segment.index > 0
                        width: 1
                        height: parent.height
                        color: Theme.control
                        opacity: 0.6
                    }
                }
            }
        }
    }
}
