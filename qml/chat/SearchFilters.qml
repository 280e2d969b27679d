// Under the search field while one searches: who said it, and since when.
pragma ComponentBehavior: Bound

import QtQuick
import Lares.Style
import Lares.Ui

Row {
    id: filters

    required property ChatListModel chats

    spacing: Theme.space8

    ComboBox {
        objectName: "searchWho"
        width: (filters.width - 8) / 2
        model: [qsTr("Anyone"), qsTr("Me"), qsTr("The model")]
        currentIndex: filters.chats.who
        Accessible.name: qsTr("Said by")
        onActivated: index => filters.chats.who = index
    }
    ComboBox {
        objectName: "searchDays"
        readonly property var choices: [0, 7, 30, 365]
        width: (filters.width - 8) / 2
        model: [qsTr("Ever"), qsTr("In 7 days"), qsTr("In 30 days"), qsTr("In a year")]
        currentIndex: Math.max(0, choices.indexOf(filters.chats.days))
        Accessible.name: qsTr("Said when")
        onActivated: index => filters.chats.days = choices[index]
    }
}
