// What the model says of one row of a chat. Blocks read it; BlockDelegate is it.
pragma ComponentBehavior: Bound

import QtQuick
import Lares.Ui

Item {
    required property int index
    required property int kind
    required property double messageId
    required property int author
    required property string html
    required property string plain
    required property int level
    required property int listDepth
    required property int quoteDepth
    required property string marker
    required property int taskState
    required property string language
    required property int columns
    required property var cells
    required property var alignments
    required property int previousKind
    required property bool growing
    required property bool open
    required property bool thinkingDone
    required property int messageState
    required property string stats
    required property string details
    required property string error
    required property string files
    required property bool summarised
    required property string summary
    required property int branch
    required property int branchCount
    required property bool lastMessage
    required property bool wrapCode

    required property ChatViewModel chat
    required property SelectionArea area
    required property bool compact
}
