# truth: {"packages": ["openpyxl"]}
import openpyxl

book = openpyxl.Workbook()
book.active.append(["name", 1.5, None, True])
book.active["A3"] = "=SUM(B1:B2)"
book.save("book.xlsx")
print([[cell.value for cell in row] for row in openpyxl.load_workbook("book.xlsx").active.iter_rows()])
