# truth: {"packages": ["lxml"]}
from lxml import etree, html

tree = etree.fromstring("<a><b n='1'>x</b><b n='2'/></a>")
print(tree.xpath("//b[@n>1]/@n"), etree.tostring(tree, pretty_print=True).decode())
style = etree.XSLT(
    etree.fromstring(
        '<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform">'
        '<xsl:template match="/"><r><xsl:value-of select="count(//b)"/></r></xsl:template></xsl:stylesheet>'
    )
)
print(str(style(tree)), html.fromstring("<p>one<br>two").text_content())
etree.fromstring("<a><b></a>")
