// What is made only when it is needed: the place of Loader, which on Qt 6.4 refuses bound components. An item made here
// is as large as it wants to be unless it says otherwise; a popover or dialog finds its place by itself.
pragma ComponentBehavior: Bound

import QtQuick

FocusScope {
    id: lazy

    property bool active: true
    required property Component content
    property QtObject object: null
    property bool complete: false
    readonly property Item item: object as Item

    function renew() {
        if (item)
            item.visible = false;
        if (object)
            object.destroy();
        object = active && content ? content.createObject(lazy) : null;
    }

    implicitWidth: item ? item.implicitWidth : 0
    implicitHeight: item ? item.implicitHeight : 0
    onActiveChanged: if (complete) renew()
    onContentChanged: if (complete) renew()
    Component.onCompleted: {
        complete = true;
        renew();
    }
}
