// One row of a chat: the block that its kind asks for, in the reading column, with the space above it.
pragma ComponentBehavior: Bound

import QtQuick
import Lares.Style
import Lares.Ui

BlockRow {
    id: block

    readonly property int column: Math.min(Theme.readingWidth, width - 32)
    readonly property bool afterHead: previousKind === MessageBlocksModel.Head
    readonly property int gap: {
        switch (kind) {
        case MessageBlocksModel.Head: return index === 0 ? Theme.space16 : author === MessageBlocksModel.User ? Theme.space12 : 0;
        case MessageBlocksModel.Prompt: return 0;
        case MessageBlocksModel.Foot: return 4;
        case MessageBlocksModel.Heading: return afterHead ? 12 : 20;
        case MessageBlocksModel.ListItem: return 4;
        case MessageBlocksModel.Code:
        case MessageBlocksModel.Rule: return Theme.space16;
        case MessageBlocksModel.Table: return Theme.space12;
        case MessageBlocksModel.Thinking: return Theme.space8;
        default: break;
        }
        switch (previousKind) {
        case MessageBlocksModel.Heading: return Theme.space4;
        case MessageBlocksModel.Table:
        case MessageBlocksModel.Thinking: return Theme.space4;
        default: return Theme.space12;
        }
    }

    height: gap + body.implicitHeight

    Lazy {
        id: body
        x: Math.round((block.width - block.column) / 2)
        y: block.gap
        width: block.column
        content: {
            switch (block.kind) {
            case MessageBlocksModel.Prompt: return promptBlock;
            case MessageBlocksModel.Paragraph:
            case MessageBlocksModel.Heading:
            case MessageBlocksModel.ListItem: return textBlock;
            case MessageBlocksModel.Table: return tableBlock;
            case MessageBlocksModel.Code: return codeBlock;
            case MessageBlocksModel.Rule: return ruleBlock;
            case MessageBlocksModel.Thinking: return thinkingBlock;
            case MessageBlocksModel.Foot: return block.author === MessageBlocksModel.Assistant ? footBlock : null;
            default: return null;
            }
        }
    }

    Component {
        id: promptBlock
        PromptBlock {
            width: body.width
            row: block
        }
    }
    Component {
        id: textBlock
        TextBlock {
            width: body.width
            row: block
        }
    }
    Component {
        id: tableBlock
        TableBlock {
            width: body.width
            row: block
        }
    }
    Component {
        id: codeBlock
        CodeBlock {
            width: body.width
            row: block
        }
    }
    Component {
        id: ruleBlock
        Item {
            width: body.width
            implicitHeight: 1
            Rectangle {
                width: parent.width
                height: 1
                color: Theme.lineStrong
            }
        }
    }
    Component {
        id: thinkingBlock
        ThinkingBlock {
            width: body.width
            row: block
        }
    }
    Component {
        id: footBlock
        FootBlock {
            width: body.width
            row: block
        }
    }
}
