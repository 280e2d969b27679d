// The day above the chats of that day.
import QtQuick
import Lares.Style

Label {
    required property string section

    height: Theme.rowHeight
    leftPadding: Theme.space16
    topPadding: 8 + slack
    kind: Label.Section
    text: section
    color: Theme.text2
    Accessible.role: Accessible.Heading
}
